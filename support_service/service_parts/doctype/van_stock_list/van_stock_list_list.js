frappe.listview_settings["Van Stock List"] = {
	add_fields: ["disabled"],
	filters: [["Van Stock List", "disabled", "=", 0]],

	get_indicator(doc) {
		return doc.disabled
			? [__("Disabled"), "gray", "disabled,=,1"]
			: [__("Enabled"), "green", "disabled,=,0"];
	},
};
