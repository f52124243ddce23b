frappe.listview_settings["Service Contract Template"] = {
	add_fields: ["disabled"],
	hide_name_column: true,
	get_indicator: (doc) =>
		doc.disabled ? [__("Disabled"), "gray", "disabled,=,1"] : [__("Enabled"), "green", "disabled,=,0"],
};
