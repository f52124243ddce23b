// {% include "support_service/public/js/report_filters.js" %}

frappe.query_reports["Parts per Visit"] = {
	filters: [
		...support_service.report_filters.period(),
		support_service.report_filters.group_by(support_service.report_filters.groups_of_visits(), "Month"),
		...support_service.report_filters.of_visits(),
	],
};
