frappe.query_reports["Expiring Contracts"] = {
	filters: [
		{
			fieldname: "from_date",
			label: __("From"),
			fieldtype: "Date",
			default: frappe.datetime.get_today(),
			reqd: 1,
		},
		{
			fieldname: "to_date",
			label: __("To"),
			fieldtype: "Date",
			default: frappe.datetime.add_days(frappe.datetime.get_today(), 60),
			reqd: 1,
		},
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
		{
			fieldname: "template",
			label: __("Template"),
			fieldtype: "Link",
			options: "Service Contract Template",
		},
		{ fieldname: "not_renewed", label: __("Not Renewed Yet"), fieldtype: "Check" },
	],

	formatter(value, row, column, data, default_formatter) {
		const shown = default_formatter(value, row, column, data);
		if (column.fieldname !== "days_left" || !data) return shown;
		const colour = data.days_left < 0 ? "gray" : data.days_left <= 14 ? "red" : "orange";
		return `<span class="indicator ${colour}">${shown}</span>`;
	},
};
