frappe.listview_settings["Postponed Work"] = {
	hide_name_column: true,
	formatters: {
		work(value) {
			return frappe.utils.escape_html(__(value));
		},
	},
};
