frappe.listview_settings["Van Count"] = {
	hide_name_column: false,
	get_indicator(doc) {
		const tones = {
			Open: "orange",
			Counted: "blue",
			"In the Books": "green",
			"No Difference": "green",
			Discarded: "gray",
		};
		return [__(doc.status, null, "Van Count"), tones[doc.status], `status,=,${doc.status}`];
	},
	onload(list) {
		list.page.add_inner_button(__("Count a Van"), () => frappe.set_route("count-van"));
	},
};
