// {% include "support_service/public/js/colours.js" %}
// {% include "support_service/public/js/asked_by_form.js" %}
// {% include "support_service/public/js/next_on_phone.js" %}
// {% include "support_service/public/js/loan_pieces.js" %}
// {% include "support_service/service_parts/doctype/equipment_loan/equipment_loan_moves.js" %}

frappe.ui.form.on("Equipment Loan", {
	setup(frm) {
		frm.set_query("service_request", () => ({
			filters: { status: ["in", support_service.not_over] },
		}));
		frm.set_query("engineer", () => ({ filters: { active: 1 } }));
		frm.set_query("stands_in_for", () => ({
			filters: frm.doc.customer ? { customer: frm.doc.customer } : {},
		}));
		frm.set_query("engineer_visit", () => ({ filters: { service_request: frm.doc.service_request } }));
		const warehouses = () => ({ filters: { company: frm.doc.company, is_group: 0, disabled: 0 } });
		frm.set_query("source_warehouse", warehouses);
		frm.set_query("warehouse", "pieces", warehouses);
		frm.set_query("item_code", "pieces", () => ({
			filters: { disabled: 0, has_variants: 0, is_stock_item: 1 },
		}));
		frm.set_query("serial_no", "pieces", (doc, cdt, cdn) => {
			const item_code = locals[cdt][cdn].item_code;
			return { filters: item_code ? { item_code } : {} };
		});
		frm.set_query("batch_no", "pieces", (doc, cdt, cdn) => ({
			filters: { item: locals[cdt][cdn].item_code, disabled: 0 },
		}));
	},

	onload(frm) {
		frm.get_docfield("status").formatter = (value) => __(value, null, "Equipment Loan");
	},

	refresh(frm) {
		support_service.loan_moves.show_intro(frm);
		support_service.loan_moves.lock(frm);
		if (frm.is_new()) {
			support_service.loan_pieces.add_button(frm);
			return;
		}
		support_service.loan_moves.show(frm);
		if (frm.doc.status === "Requested") support_service.loan_pieces.add_button(frm);
	},

	async service_request(frm) {
		if (!frm.doc.service_request || !frm.is_new()) return;
		const values = await frappe.xcall("support_service.service_parts.loans.desk_api.loan_defaults", {
			request: frm.doc.service_request,
		});
		const { message } = await frappe.db.get_value("Service Request", frm.doc.service_request, [
			"customer",
			"customer_name",
			"company",
		]);
		Object.assign(frm.doc, message);
		const { pieces, ...fields } = values;
		const empty = Object.entries(fields).filter(([name, value]) => value && !frm.doc[name]);
		await frm.set_value(Object.fromEntries(empty));
		if (!frm.doc.pieces?.some((row) => row.item_code)) {
			frm.clear_table("pieces");
			for (const piece of pieces) frm.add_child("pieces", piece);
		}
		frm.refresh_fields();
		support_service.loan_moves.show_intro(frm);
	},
});

frappe.ui.form.on("Equipment Loan Piece", {
	// a label that was scanned names its item
	async serial_no(frm, cdt, cdn) {
		const row = locals[cdt][cdn];
		if (!row.serial_no || row.item_code) return;
		const { message } = await frappe.db.get_value("Serial No", row.serial_no, "item_code");
		await frappe.model.set_value(cdt, cdn, { item_code: message.item_code, qty: 1 });
	},
});
