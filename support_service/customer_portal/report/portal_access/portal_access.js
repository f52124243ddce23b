frappe.query_reports["Portal Access"] = {
	filters: [
		{ fieldname: "customer", label: __("Customer"), fieldtype: "Link", options: "Customer" },
		{
			fieldname: "only_undecided",
			label: __("Only Without Access"),
			fieldtype: "Check",
		},
	],
};
