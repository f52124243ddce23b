// {% include "support_service/public/js/report_filters.js" %}

frappe.query_reports["Expiring Warranties"] = {
	filters: [
		...support_service.report_filters.coming(60),
		support_service.report_filters.customer(),
		support_service.report_filters.link("item_code", __("Item"), "Item"),
		support_service.report_filters.link("policy", __("Warranty Policy"), "Warranty Policy"),
		{ fieldname: "parts", label: __("Fitted Parts Too"), fieldtype: "Check" },
	],

	formatter: support_service.report_filters.expiry_dot(),
};
