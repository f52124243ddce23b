// {% include "support_service/public/js/report_filters.js" %}

frappe.query_reports["Service Level Attainment"] = {
	filters: [
		...support_service.report_filters.period(null, null, false),
		support_service.report_filters.group_by([
			{ value: "", label: "" },
			{ value: "Team", label: __("Team") },
			{ value: "Customer", label: __("Customer") },
			{ value: "Priority", label: __("Priority", null, "Service Request") },
			{ value: "Month", label: __("Month") },
		]),
		{ fieldname: "kind", label: __("Clock"), fieldtype: "Autocomplete" },
		support_service.report_filters.team(),
		support_service.report_filters.customer(),
	],

	onload(report) {
		frappe
			.xcall("support_service.service_level.api.policy_options")
			.then(({ clocks }) => report.get_filter("kind").set_data(clocks));
	},

	formatter(value, row, column, data, default_formatter) {
		const shown = default_formatter(value, row, column, data);
		if (column.fieldname !== "percent_met" || !data) return shown;
		if (data.percent_met === null) return `<span class="text-muted">${__("Still Running")}</span>`;
		const colour = data.percent_met >= 95 ? "green" : data.percent_met >= 80 ? "orange" : "red";
		return `<span class="indicator ${colour}">${shown}</span>`;
	},
};
