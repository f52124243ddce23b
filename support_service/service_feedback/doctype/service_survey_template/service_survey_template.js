frappe.ui.form.on("Service Survey Template", {
	refresh(frm) {
		frm.set_query("language", () => ({ filters: { enabled: 1 } }));
	},
});
