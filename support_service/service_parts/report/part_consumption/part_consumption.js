// {% include "support_service/public/js/report_filters.js" %}

frappe.query_reports["Part Consumption"] = {
	filters: [
		...support_service.report_filters.period(),
		support_service.report_filters.group_by(
			[{ value: "", label: "" }, ...support_service.report_filters.groups_of_visits()],
			""
		),
		...support_service.report_filters.of_visits(),
		support_service.report_filters.link("item_code", __("Part"), "Item"),
	],
};
