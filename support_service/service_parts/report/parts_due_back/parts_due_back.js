// {% include "support_service/public/js/report_filters.js" %}

frappe.query_reports["Parts Due Back"] = {
	filters: [
		support_service.report_filters.engineer(),
		support_service.report_filters.team(),
		support_service.report_filters.customer(),
		support_service.report_filters.company(),
		support_service.report_filters.late_only(),
	],

	formatter: support_service.report_filters.late_dot(),
};
