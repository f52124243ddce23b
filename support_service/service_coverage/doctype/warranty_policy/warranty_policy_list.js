frappe.listview_settings["Warranty Policy"] = {
	add_fields: ["enabled", "valid_from", "valid_to", "item", "item_group", "brand", "company"],
	hide_name_column: true,

	get_indicator(doc) {
		const today = frappe.datetime.get_today();
		if (!doc.enabled) return [__("Disabled"), "gray", "enabled,=,0"];
		if (doc.valid_to && doc.valid_to < today) return [__("Expired"), "gray", `valid_to,<,${today}`];
		if (doc.valid_from && doc.valid_from > today)
			return [__("Not Yet Valid"), "blue", `valid_from,>,${today}`];
		return [__("Enabled"), "green", "enabled,=,1"];
	},

	formatters: {
		scope_summary(value, df, doc) {
			const named = ["item", "item_group", "brand", "company"].filter((dimension) => doc[dimension]);
			const values = named.map((dimension) => frappe.utils.escape_html(doc[dimension])).join(" · ");
			return values || __("Every unit");
		},
	},
};
