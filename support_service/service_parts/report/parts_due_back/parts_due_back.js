frappe.query_reports["Parts Due Back"] = {
	filters: [
		{ fieldname: "engineer", label: __("Engineer"), fieldtype: "Link", options: "Service Engineer" },
		{ fieldname: "team", label: __("Team"), fieldtype: "Link", options: "Service Team" },
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
		{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company" },
		{ fieldname: "late_only", label: __("Only Late Ones"), fieldtype: "Check" },
	],

	formatter(value, row, column, data, default_formatter) {
		const shown = default_formatter(value, row, column, data);
		if (column.fieldname !== "days_late" || !data) return shown;
		const colour = data.days_late > 0 ? "red" : "green";
		return `<span class="indicator ${colour}">${shown}</span>`;
	},
};
