// {% include "support_service/public/js/colours.js" %}
// {% include "support_service/public/js/asked_by_form.js" %}
// {% include "support_service/public/js/next_on_phone.js" %}

frappe.ui.form.on("Removed Part", {
	async refresh(frm) {
		frm.disable_save();
		support_service.next_on_phone(frm, []);
		if (frm.is_new()) return;
		frm.page.set_indicator(
			__(frm.doc.status, null, frm.doctype),
			support_service.colours.removed_part_status[frm.doc.status] || "gray"
		);
		const method = "support_service.service_parts.api.removed_part_steps";
		const state = await support_service.asked_by_form(frm, method, { part: frm.doc.name });
		if (!state) return;
		show_intro(frm, state);
		show_history(frm, state.labels);
		for (const step of state.steps) add_button(frm, step);
		const next = state.steps.filter((step) => step.primary);
		support_service.next_on_phone(
			frm,
			next.map((step) => ({ label: step.label, start: () => start(frm, step) }))
		);
		if (state.may_undo) {
			frm.add_custom_button(__("Undo the Last Step"), () => undo(frm), __("Next Step"));
		}
		if (frm.doc.status === "Returned to Vendor" && frm.doc.purchase_return && !frm.doc.debit_note) {
			add_debit_note(frm);
		}
	},
});

function show_intro(frm, { days_late }) {
	frm.set_intro("");
	const { status, disposition, handed_in_on, comes_back_with, test_result, belongs_to } = frm.doc;
	if (status === "Due" && days_late) {
		frm.set_intro(__("{0} days late.", [days_late]), "red");
	} else if (status === "Due" && disposition === "Returned to Vendor") {
		frm.set_intro(
			__("Went to the vendor from the customer's site. Enter the vendor's reference."),
			"blue"
		);
	} else if (status === "Due" && handed_in_on) {
		frm.set_intro(__("Handed in. The store receives it."), "blue");
	} else if (status === "Due") {
		frm.set_intro(
			comes_back_with === "Customer"
				? __("The customer sends it back. The store receives it when it arrives.")
				: __("The engineer brings it back and hands it in; the store receives it."),
			"blue"
		);
	} else if (status === "Received" && !frm.doc.is_tool) {
		frm.set_intro(__("Next: test it."), "blue");
	} else if (status === "Tested" && test_result !== "Good") {
		frm.set_intro(__("Next: send it to repair, return it to the vendor, or scrap it."), "blue");
	} else if (status === "In Repair") {
		frm.set_intro(__("In repair. Next: repaired, or scrap it or return it to the vendor."), "blue");
	} else if (belongs_to === "Customer" && ["Tested", "Repaired"].includes(status)) {
		frm.set_intro(__("It is the customer's. Next: give it back to them."), "blue");
	} else if (status === "Returned to Vendor") {
		frm.set_intro(
			__("Waiting for the vendor's credit until {0}.", [
				frappe.datetime.str_to_user(frm.doc.credit_due_on) || "…",
			]),
			"blue"
		);
	}
}

function show_history(frm, labels) {
	const grid = frm.fields_dict.history?.grid;
	if (!grid) return;
	grid.update_docfield_property("action", "formatter", (value) => labels[value] || value || "");
	for (const field of ["to_status", "from_status"]) {
		grid.update_docfield_property(field, "formatter", (value) =>
			value ? __(value, null, frm.doctype) : ""
		);
	}
	grid.refresh();
}

function add_button(frm, step) {
	const button = frm.add_custom_button(
		step.label,
		() => start(frm, step),
		step.primary ? null : __("Next Step")
	);
	if (!button) return; // it is there already: the form was refreshed twice
	if (step.primary) button.removeClass("btn-default").addClass("btn-primary");
	if (step.danger) button.addClass("text-danger");
}

// Exactly what the step may say; what the part knows already is filled in.
async function fields_of(frm, step) {
	const fields = [];
	const facts = (
		await frappe.db.get_value("Item", frm.doc.item_code, [
			"has_serial_no",
			"has_batch_no",
			"is_stock_item",
		])
	).message;
	if (step.part_of && frm.doc.qty > 1) {
		fields.push({
			fieldname: "qty",
			fieldtype: "Float",
			label: __("Quantity"),
			default: facts.has_serial_no ? 1 : frm.doc.qty,
			description: __("Fewer: the rest stays behind as a removed part of its own"),
		});
	}
	for (const fieldname of step.takes) {
		if (fieldname === "serial_no" && !facts.has_serial_no) continue;
		if (fieldname === "batch_no" && !facts.has_batch_no) continue;
		const df = frappe.meta.get_docfield(frm.doctype, fieldname);
		const field = {
			fieldname,
			fieldtype: df.fieldtype,
			label: __(df.label, null, frm.doctype),
			options: df.options === "credit_currency" ? undefined : df.options,
			default: frm.doc[fieldname],
			reqd: step.needs.includes(fieldname) || (fieldname === "serial_no" && facts.is_stock_item),
		};
		if (fieldname === "batch_no") field.get_query = () => ({ filters: { item: frm.doc.item_code } });
		if (fieldname === "debit_note") {
			field.get_query = () => ({
				filters: {
					docstatus: 1,
					is_return: 1,
					supplier: frm.doc.supplier,
					company: frm.doc.company,
				},
			});
		}
		fields.push(field);
	}
	if (step.needs_reason) {
		fields.push({ fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 });
	}
	return fields;
}

async function start(frm, step) {
	const fields = await fields_of(frm, step);
	if (!fields.length) return without_questions(frm, step);
	const dialog = new frappe.ui.Dialog({
		title: step.label,
		fields,
		primary_action_label: step.label,
		primary_action: async (values) => {
			dialog.disable_primary_action();
			try {
				await make(frm, step, values);
				dialog.hide();
			} finally {
				dialog.enable_primary_action();
			}
		},
	});
	dialog.show();
}

// A step that asks nothing, but posts stock, is confirmed: one slip of the finger must not move a part.
function without_questions(frm, step) {
	if (!step.moves_stock) return make(frm, step, {});
	const { item_code, serial_no, qty } = frm.doc;
	const part = [item_code, serial_no, qty > 1 ? `× ${qty}` : ""].filter(Boolean).join(" ");
	frappe.confirm(
		__("{0}: {1}. Its stock is posted at once. Go on?", [step.label, frappe.utils.escape_html(part)]),
		() => make(frm, step, {})
	);
}

async function make(frm, step, values) {
	const done = await frappe.xcall("support_service.service_parts.api.move_removed_part", {
		part: frm.doc.name,
		action: step.action,
		...values,
	});
	frappe.show_alert({
		message: __("{0}: {1}", [done.name, __(done.status, null, frm.doctype)]),
		indicator: "green",
	});
	await frm.reload_doc();
}

function undo(frm) {
	frappe.confirm(
		__("The last step is taken back, and its stock documents are cancelled. Go on?"),
		async () => {
			await frappe.xcall("support_service.service_parts.api.undo_removed_part", { part: frm.doc.name });
			await frm.reload_doc();
		}
	);
}

// ERPNext's own debit note for the return; submitted, it is the credit
function add_debit_note(frm) {
	if (!frappe.model.can_create("Purchase Invoice")) return;
	frm.add_custom_button(
		__("Debit Note"),
		() =>
			frappe.model.open_mapped_doc({
				method: "erpnext.stock.doctype.purchase_receipt.purchase_receipt.make_purchase_invoice",
				source_name: frm.doc.purchase_return,
			}),
		__("Create")
	);
}
