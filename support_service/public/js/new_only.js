// Documents that people make and nobody changes afterwards: their roles may create, not write. Frappe's form asks for the right to
// write before it lets anybody fill in a new document, so the new one is made writable here; the server decides as before.
frappe.provide("support_service");

support_service.fill_when_new = function (doctype) {
	frappe.ui.form.on(doctype, {
		setup(frm) {
			const fetch_permissions = frm.fetch_permissions.bind(frm);
			frm.fetch_permissions = () => {
				fetch_permissions();
				const [level, ...others] = frm.perm;
				if (frm.is_new() && level.create) frm.perm = [{ ...level, write: 1 }, ...others];
			};
			frm.fetch_permissions();
		},
	});
};

["Unit Reading", "Van Handover"].forEach(support_service.fill_when_new);
