// {% include "support_service/public/js/warranties.js" %}

frappe.listview_settings["Service Warranty"] = {
	add_fields: ["status", "starts_on", "ends_on", "suspension", "part_item", "part_serial"],

	get_indicator(doc) {
		const { warranties } = support_service;
		const status = warranties.status(doc);
		return [warranties.status_words(status), warranties.colours[status], `status,=,${status}`];
	},

	formatters: {
		// a part's warranty names the part: the unit alone would stand there twice
		unit_name(value, df, doc) {
			const part = [doc.part_item, doc.part_serial].filter(Boolean).join(" ");
			return frappe.utils.escape_html(part ? __("{0} in {1}", [part, value]) : value || "");
		},
	},

	onload(listview) {
		listview.page.add_menu_item(__("Expiring Warranties"), () =>
			frappe.set_route("query-report", "Expiring Warranties")
		);
	},
};
