frappe.listview_settings["Van Handover"] = {
	get_indicator(doc) {
		const tones = {
			"Being Counted": "orange",
			Counted: "blue",
			"Handed Over": "green",
			Undone: "gray",
			Cancelled: "gray",
		};
		return [__(doc.status, null, "Van Handover"), tones[doc.status], `status,=,${doc.status}`];
	},
};
