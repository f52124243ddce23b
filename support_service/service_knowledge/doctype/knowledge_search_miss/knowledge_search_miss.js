frappe.ui.form.on("Knowledge Search Miss", {
	refresh(frm) {
		if (frm.doc.state !== "Open" || !frappe.model.can_create("Knowledge Article")) return;
		frm.add_custom_button(__("Write an Article"), () =>
			frappe.new_doc("Knowledge Article", { title: frm.doc.searched })
		);
	},
});
