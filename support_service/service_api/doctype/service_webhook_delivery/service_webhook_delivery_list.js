// {% include "support_service/public/js/colours.js" %}

frappe.listview_settings["Service Webhook Delivery"] = {
	add_fields: ["status"],

	get_indicator(doc) {
		const colour = support_service.colours.message_status[doc.status] || "gray";
		return [__(doc.status), colour, `status,=,${doc.status}`];
	},
};
