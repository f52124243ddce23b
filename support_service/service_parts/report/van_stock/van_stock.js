// {% include "support_service/public/js/report_filters.js" %}

frappe.query_reports["Van Stock"] = {
	filters: [
		support_service.report_filters.engineer_with_van(),
		support_service.report_filters.team(),
		support_service.report_filters.company(),
		{ fieldname: "not_moved_for", label: __("Not Moved for (Days)"), fieldtype: "Int" },
		{ fieldname: "aged_only", label: __("Only What Is Wrong"), fieldtype: "Check" },
	],

	onload(report) {
		report.page.add_inner_button(__("Count a Van"), () => frappe.set_route("count-van"));
	},

	formatter(value, row, column, data, default_formatter) {
		if (column.fieldname !== "state" || !data?.state) {
			return default_formatter(value, row, column, data);
		}
		const shown = {
			Good: ["green", __("Good", null, "Van Stock")],
			Old: ["orange", __("Old", null, "Van Stock")],
			"Left Behind": ["red", __("Left Behind")],
			Negative: ["red", __("Below Zero")],
		}[data.state];
		return `<span class="indicator ${shown[0]}">${shown[1]}</span>`;
	},
};
