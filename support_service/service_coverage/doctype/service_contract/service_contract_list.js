// {% include "support_service/public/js/contracts.js" %}

frappe.listview_settings["Service Contract"] = {
	add_fields: ["status", "end_date", "customer_name"],
	has_indicator_for_draft: true,

	get_indicator(doc) {
		const { contracts } = support_service;
		const soon = frappe.datetime.add_days(frappe.datetime.get_today(), 60);
		if (doc.status === "Active" && doc.end_date <= soon) {
			return [__("Ends Soon"), "yellow", `status,=,Active|end_date,<=,${soon}`];
		}
		return [contracts.status_words(doc.status), contracts.colours[doc.status], `status,=,${doc.status}`];
	},

	onload(listview) {
		listview.page.add_menu_item(__("Expiring Contracts"), () =>
			frappe.set_route("query-report", "Expiring Contracts")
		);
	},
};
