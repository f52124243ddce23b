frappe.listview_settings["Service Message Template"] = {
	add_fields: ["disabled", "last_error"],

	get_indicator(doc) {
		if (doc.disabled) return [__("Disabled"), "gray", "disabled,=,1"];
		return doc.last_error
			? [__("Failed"), "red", "last_error,is,set"]
			: [__("Enabled"), "green", "disabled,=,0"];
	},

	formatters: {
		event: (value) => frappe.utils.escape_html(__(value)),
	},
};
