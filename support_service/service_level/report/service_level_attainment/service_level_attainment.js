frappe.query_reports["Service Level Attainment"] = {
	filters: [
		{
			fieldname: "from_date",
			label: __("From"),
			fieldtype: "Date",
			default: frappe.datetime.add_months(frappe.datetime.month_start(), -2),
		},
		{
			fieldname: "to_date",
			label: __("To"),
			fieldtype: "Date",
			default: frappe.datetime.get_today(),
		},
		{
			fieldname: "group_by",
			label: __("Group by"),
			fieldtype: "Select",
			options: [
				{ value: "", label: "" },
				{ value: "Team", label: __("Team") },
				{ value: "Customer", label: __("Customer") },
				{ value: "Priority", label: __("Priority", null, "Service Request") },
				{ value: "Month", label: __("Month") },
			],
		},
		{ fieldname: "kind", label: __("Clock"), fieldtype: "Autocomplete" },
		{ fieldname: "team", label: __("Team"), fieldtype: "Link", options: "Service Team" },
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
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
