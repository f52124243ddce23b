// {% include "support_service/public/js/report_filters.js" %}

frappe.query_reports["Warranty Cost per Supplier"] = {
	filters: [
		...support_service.report_filters.period(),
		support_service.report_filters.company(),
		support_service.report_filters.link("supplier", __("Supplier"), "Supplier"),
	],
};
