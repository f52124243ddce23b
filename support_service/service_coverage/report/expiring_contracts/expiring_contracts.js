// {% include "support_service/public/js/report_filters.js" %}

frappe.query_reports["Expiring Contracts"] = {
	filters: [
		...support_service.report_filters.coming(60),
		support_service.report_filters.customer(),
		support_service.report_filters.link("template", __("Template"), "Service Contract Template"),
		{ fieldname: "not_renewed", label: __("Not Renewed Yet"), fieldtype: "Check" },
	],

	formatter: support_service.report_filters.expiry_dot(),
};
