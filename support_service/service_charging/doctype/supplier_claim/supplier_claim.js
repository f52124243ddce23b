frappe.ui.form.on("Supplier Claim", {
	setup(frm) {
		frm.set_query("serial_no", () => ({ filters: { item_code: frm.doc.item_code } }));
		frm.set_query("purchase_doctype", () => ({
			filters: { name: ["in", ["Purchase Receipt", "Purchase Invoice"]] },
		}));
	},

	refresh(frm) {
		if (frm.is_new()) return;
		const group = __("Create");
		const api = "support_service.service_charging.api";
		const make = async (method) => {
			await frappe.xcall(`${api}.${method}`, { claim: frm.doc.name });
			frm.reload_doc();
		};
		if (!frm.doc.purchase_return && frappe.model.can_create("Purchase Receipt")) {
			frm.add_custom_button(__("Purchase Return"), () => make("make_purchase_return"), group);
		}
		if (!frm.doc.debit_note && frappe.model.can_create("Purchase Invoice")) {
			frm.add_custom_button(__("Debit Note"), () => make("make_debit_note"), group);
		}
	},
});
