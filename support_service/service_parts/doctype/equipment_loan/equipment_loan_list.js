// {% include "support_service/public/js/colours.js" %}

frappe.listview_settings["Equipment Loan"] = {
	add_fields: ["status", "until_date", "from_date", "customer_name"],
	// who opens the list looks for what is out, the longest due first
	filters: [["status", "in", ["Requested", "Booked", "Lent", "Partly Returned"]]],
	hide_name_column: false,

	get_indicator(doc) {
		const out = ["Lent", "Partly Returned"].includes(doc.status);
		const late = out ? frappe.datetime.get_day_diff(frappe.datetime.get_today(), doc.until_date) : 0;
		if (late > 0) {
			return [
				__("{0} days late", [late]),
				"red",
				`status,in,Lent,Partly Returned|until_date,<,${frappe.datetime.get_today()}`,
			];
		}
		const colour = support_service.colours.loan_status[doc.status] || "gray";
		return [__(doc.status, null, "Equipment Loan"), colour, `status,=,${doc.status}`];
	},

	onload(listview) {
		listview.sort_by = "until_date";
		listview.sort_order = "asc";
		listview.page.add_inner_button(__("Calendar"), () =>
			frappe.set_route("List", "Equipment Loan", "Calendar", "default")
		);
		listview.page.add_inner_button(__("Loans Out"), () => frappe.set_route("query-report", "Loans Out"));
	},
};
