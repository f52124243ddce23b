frappe.listview_settings["Service Alert"] = {
	add_fields: ["state", "progress"],

	get_indicator(doc) {
		if (doc.progress === "Quarantined") {
			return [__("Quarantined", null, "Service Alert"), "red", "progress,=,Quarantined"];
		}
		return doc.state === "Firing"
			? [__("Firing", null, "Service Alert"), "orange", "state,=,Firing"]
			: [__("Resolved", null, "Service Alert"), "green", "state,=,Resolved"];
	},
};
