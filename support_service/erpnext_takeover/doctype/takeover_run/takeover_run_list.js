frappe.listview_settings["Takeover Run"] = {
	add_fields: ["status", "dry_run"],
	hide_name_column: true,
	get_indicator(doc) {
		const colours = {
			Draft: "gray",
			Queued: "blue",
			Running: "blue",
			Done: "green",
			Stopped: "orange",
			Failed: "red",
		};
		return [__(doc.status, null, "Takeover Run"), colours[doc.status], `status,=,${doc.status}`];
	},
};
