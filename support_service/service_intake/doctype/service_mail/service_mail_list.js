frappe.listview_settings["Service Mail"] = {
	add_fields: ["state", "kind"],
	hide_name_column: true,
	get_indicator(doc) {
		const colour = { Received: "blue", Processed: "green", Quarantined: "orange", Ignored: "gray" }[
			doc.state
		];
		return [__(doc.state, null, "Service Mail"), colour || "gray", `state,=,${doc.state}`];
	},
};
