frappe.ui.form.on("Stock Entry", {
	onload(frm) {
		// Amend copies also what is not to be copied, and no document may link to the cancelled visit: an amended
		// Stock Entry is an ordinary one
		if (!frm.is_new() || !frm.doc.amended_from) return;
		Object.assign(frm.doc, {
			engineer_visit: null,
			equipment_loan: null,
			removed_part: null,
			service_request: null,
			service_consumption_key: null,
		});
	},
});
