// {% include "support_service/public/js/colours.js" %}

frappe.listview_settings["Service Call"] = {
	add_fields: ["state"],
	hide_name_column: true,

	get_indicator(doc) {
		const colour = support_service.colours.call_state[doc.state] || "gray";
		// of a call; a survey is answered in another sense
		const words = {
			Waiting: __("Waiting", null, "Service Call"),
			Talking: __("Talking", null, "Service Call"),
			Answered: __("Answered", null, "Service Call"),
			Unanswered: __("Unanswered", null, "Service Call"),
		};
		return [words[doc.state] || doc.state, colour, `state,=,${doc.state}`];
	},
};
