// {% include "support_service/public/js/colours.js" %}

frappe.listview_settings["Service Call"] = {
	add_fields: ["state"],

	get_indicator(doc) {
		const colour = support_service.colours.call_state[doc.state] || "gray";
		return [__(doc.state, null, "Service Call"), colour, `state,=,${doc.state}`];
	},
};
