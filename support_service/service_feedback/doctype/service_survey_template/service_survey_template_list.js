frappe.listview_settings["Service Survey Template"] = {
	add_fields: ["disabled", "occasion"],

	get_indicator(doc) {
		if (doc.disabled) return [__("Disabled"), "gray", "disabled,=,1"];
		return [__(doc.occasion), "blue", `occasion,=,${doc.occasion}|disabled,=,0`];
	},
};
