frappe.listview_settings["Service Engineer"] = {
	add_fields: ["active"],
	filters: [["Service Engineer", "active", "=", 1]],

	get_indicator(doc) {
		return doc.active
			? [__("Active"), "green", "active,=,1"]
			: [__("Inactive", null, "Service Engineer"), "gray", "active,=,0"];
	},
};
