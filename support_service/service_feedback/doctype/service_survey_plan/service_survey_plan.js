frappe.ui.form.on("Service Survey Plan", {
	refresh(frm) {
		frm.set_query("template", () => ({ filters: { occasion: "At Intervals", disabled: 0 } }));
		frm.set_query("contact", "customers", (doc, cdt, cdn) => ({
			query: "frappe.contacts.doctype.contact.contact.contact_query",
			filters: { link_doctype: "Customer", link_name: locals[cdt][cdn].customer },
		}));
		if (!frm.is_new()) {
			frm.add_custom_button(__("Surveys", null, "Service Survey Plan"), () =>
				frappe.set_route("List", "Service Survey", { plan: frm.doc.name })
			);
		}
	},
});
