// {% include "support_service/public/js/colours.js" %}

frappe.listview_settings["Installed Unit"] = {
	add_fields: ["state"],
	filters: [["Installed Unit", "state", "!=", "Retired"]],

	get_indicator(doc) {
		const colour = support_service.colours.unit_state[doc.state] || "gray";
		return [__(doc.state), colour, `state,=,${doc.state}`];
	},
};
