// A button from an Issue, Warranty Claim, Maintenance Visit or Schedule to the request or contract it became.
for (const doctype of ["Issue", "Warranty Claim", "Maintenance Visit", "Maintenance Schedule"]) {
	frappe.ui.form.on(doctype, {
		async refresh(frm) {
			if (frm.is_new()) return;
			const name = frm.doc.name;
			const made = await frappe.xcall("support_service.erpnext_takeover.api.made_of", {
				doctype: frm.doctype,
				name,
			});
			if (!made || frm.doc.name !== name) return;
			// the button's label is the number of that document
			frm.add_custom_button(`${made.label} ${made.name}`, () =>
				frappe.set_route("Form", made.doctype, made.name)
			);
		},
	});
}
