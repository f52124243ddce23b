// What became of an Issue, Warranty Claim, Maintenance Visit or Schedule: one button to the request or contract.
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
			// the button stands for where the work goes on, so it says its number
			frm.add_custom_button(`${made.label} ${made.name}`, () =>
				frappe.set_route("Form", made.doctype, made.name)
			);
		},
	});
}
