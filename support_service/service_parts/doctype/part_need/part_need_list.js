// {% include "support_service/public/js/colours.js" %}

frappe.listview_settings["Part Need"] = {
	add_fields: ["is_open"],
	filters: [["is_open", "=", 1]],
	get_indicator(doc) {
		return [
			__(doc.status, null, "Part Need"),
			support_service.colours.need_status[doc.status],
			`status,=,${doc.status}`,
		];
	},
	onload(listview) {
		listview.page.add_inner_button(__("Needs to Order"), () => {
			listview.filter_area.clear().then(() => {
				listview.filter_area.add([
					["Part Need", "status", "=", "Wanted"],
					["Part Need", "purchase_request", "is", "not set"],
				]);
			});
		});
	},
};
