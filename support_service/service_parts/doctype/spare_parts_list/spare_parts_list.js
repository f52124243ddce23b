frappe.ui.form.on("Spare Parts List", {
	setup(frm) {
		frm.set_query("item_code", "parts", () => ({
			filters: { is_stock_item: 1, disabled: 0, has_variants: 0 },
		}));
	},
});
