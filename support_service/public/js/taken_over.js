// {% include "support_service/public/js/asked_by_form.js" %}
// A button from an Issue, Warranty Claim, Maintenance Visit or Schedule to the request or contract it became.
for (const doctype of ["Issue", "Warranty Claim", "Maintenance Visit", "Maintenance Schedule"]) {
	frappe.ui.form.on(doctype, {
		async refresh(frm) {
			if (frm.is_new()) return;
			const method = "support_service.erpnext_takeover.api.made_of";
			const of_what = { doctype: frm.doctype, name: frm.doc.name };
			const made = await support_service.asked_by_form(frm, method, of_what);
			if (!made) return;
			// the button's label is the number of that document
			frm.add_custom_button(`${made.label} ${made.name}`, () =>
				frappe.set_route("Form", made.doctype, made.name)
			);
		},
	});
}
