// {% include "support_service/public/js/report_filters.js" %}

frappe.query_reports["Warranty Cost per Request"] = {
	filters: [
		...support_service.report_filters.period(),
		support_service.report_filters.company(),
		support_service.report_filters.customer(),
		support_service.report_filters.link("service_request", __("Service Request"), "Service Request"),
	],
};
