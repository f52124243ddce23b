// {% include "support_service/public/js/report_filters.js" %}

frappe.query_reports["Survey Results"] = {
	filters: [
		...support_service.report_filters.period(),
		support_service.report_filters.group_by(
			["Engineer", "Team", "Product", "Customer", "Month"].map((value) => ({
				value,
				label: __(value),
			})),
			"Team"
		),
		{
			fieldname: "occasion",
			label: __("Occasion"),
			fieldtype: "Select",
			options: [
				"",
				{ value: "After a Request", label: __("After a Request") },
				{ value: "At Intervals", label: __("At Intervals") },
			],
		},
		support_service.report_filters.customer(),
		support_service.report_filters.team(),
		support_service.report_filters.link("item_code", __("Product"), "Item"),
	],
};
