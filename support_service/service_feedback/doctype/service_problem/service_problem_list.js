// {% include "support_service/public/js/colours.js" %}

frappe.listview_settings["Service Problem"] = {
	add_fields: ["status"],

	get_indicator(doc) {
		const colour = support_service.colours.problem_status[doc.status] || "gray";
		return [__(doc.status, null, "Service Problem"), colour, `status,=,${doc.status}`];
	},
};
