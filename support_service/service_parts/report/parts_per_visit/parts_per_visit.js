frappe.query_reports["Parts per Visit"] = {
	filters: [
		{
			fieldname: "from_date",
			label: __("From"),
			fieldtype: "Date",
			default: frappe.datetime.add_months(frappe.datetime.month_start(), -2),
			reqd: 1,
		},
		{
			fieldname: "to_date",
			label: __("To"),
			fieldtype: "Date",
			default: frappe.datetime.get_today(),
			reqd: 1,
		},
		{
			fieldname: "group_by",
			label: __("Group by"),
			fieldtype: "Select",
			default: "Month",
			options: [
				{ value: "Product", label: __("Product") },
				{ value: "Request Type", label: __("Request Type") },
				{ value: "Cause", label: __("Cause") },
				{ value: "Month", label: __("Month") },
				{ value: "Team", label: __("Team") },
				{ value: "Engineer", label: __("Engineer") },
				{ value: "Customer", label: __("Customer") },
			],
		},
		{ fieldname: "company", label: __("Company"), fieldtype: "Link", options: "Company" },
		{ fieldname: "team", label: __("Team"), fieldtype: "Link", options: "Service Team" },
		{ fieldname: "engineer", label: __("Engineer"), fieldtype: "Link", options: "Service Engineer" },
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
		{ fieldname: "product", label: __("Product"), fieldtype: "Link", options: "Item" },
	],
};
