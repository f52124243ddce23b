// The steps of a loan: buttons, what they ask for, and the history. The server decides what is allowed; this file only shows it.
frappe.provide("support_service.loan_moves");

Object.assign(support_service.loan_moves, {
	api: "support_service.service_parts.loans.api",

	show_intro(frm) {
		frm.set_intro("");
		if (frm.is_new()) {
			frm.set_intro(...this.begins(frm.doc));
			return;
		}
		const sentences = {
			Requested: [__("Next: the After-Sales Lead chooses free pieces and books them."), "orange"],
			Booked: [__("Next: hand the pieces over and let the customer sign."), "blue"],
			Lent: [__("With the customer. It can come back here or at the next visit."), "blue"],
			"Partly Returned": [__("Some pieces are still with the customer."), "yellow"],
			Returned: [__("Everything is back."), "green"],
		};
		const [text, colour] = sentences[frm.doc.status] || [];
		if (text) frm.set_intro(text, colour);
	},

	// what a new loan says: the device that fits is proposed as soon as the request is chosen
	begins({ service_request, pieces }) {
		if (!service_request) {
			return [__("Choose the request; a device that fits and is free is proposed."), "blue"];
		}
		if (pieces?.some((row) => row.item_code)) {
			return [
				__("A device that fits and is free is proposed. Check it and the days, then save."),
				"blue",
			];
		}
		return [
			__(
				"No device that fits is free in these days. Choose another under Choose Free Pieces, change the days, or save: the After-Sales Lead sees to it."
			),
			"orange",
		];
	},

	// the server refuses what a booked or lent loan keeps; the form does not offer it
	lock(frm) {
		const requested = frm.is_new() || frm.doc.status === "Requested";
		const open = requested || frm.doc.status === "Booked";
		for (const name of ["from_date", "until_date", "source_warehouse"]) {
			frm.set_df_property(name, "read_only", requested ? 0 : 1);
		}
		for (const name of ["signature", "signed_by", "unsigned_reason", "stands_in_for", "engineer_visit"]) {
			frm.set_df_property(name, "read_only", open ? 0 : 1);
		}
		const grid = frm.fields_dict.pieces.grid;
		grid.cannot_add_rows = grid.cannot_delete_rows = !requested;
		for (const name of ["item_code", "qty", "serial_no", "batch_no", "warehouse"]) {
			grid.update_docfield_property(name, "read_only", requested ? 0 : 1);
		}
		for (const name of ["condition", "accessories", "damage_value", "note", "photo"]) {
			grid.update_docfield_property(name, "read_only", open ? 0 : 1);
		}
		frm.refresh_field("pieces");
	},

	async show(frm) {
		const loan = frm.doc.name;
		const found = await support_service.asked_by_form(frm, `${this.api}.steps`, { loan });
		if (!found) return;
		this.show_indicator(frm, found.days_late);
		for (const step of found.moves) this.add_button(frm, step);
		const next = found.moves.filter((step) => step.primary);
		support_service.next_on_phone(
			frm,
			next.map((step) => ({ label: step.label, start: () => this.start(frm, step) })),
			frm.fields_dict.steps_html.$wrapper.empty()
		);
		const damaged = frm.doc.returns.filter((row) => found.chargeable.includes(row.name));
		if (damaged.length) {
			frm.add_custom_button(__("Charge Damage"), () => this.charge(frm, damaged), __("Next Step"));
		}
		frm.fields_dict.history_html.$wrapper.html(this.history(found.history));
	},

	show_indicator(frm, days_late) {
		if (days_late) {
			frm.page.set_indicator(__("{0} days late", [days_late]), "red");
			return;
		}
		const colour = support_service.colours.loan_status[frm.doc.status] || "gray";
		frm.page.set_indicator(__(frm.doc.status, null, frm.doctype), colour);
	},

	add_button(frm, step) {
		const group = step.primary ? null : __("Next Step");
		const button = frm.add_custom_button(step.label, () => this.start(frm, step), group);
		if (!button) return; // it is there already: the form was refreshed twice
		if (step.primary) button.removeClass("btn-default").addClass("btn-primary");
		if (step.danger) button.addClass("text-danger");
	},

	async start(frm, step) {
		if (frm.is_dirty()) await frm.save();
		const ask = {
			book: () => this.make(frm, step, {}),
			release: () => this.make(frm, step, {}),
			hand_over: () => this.hand_over(frm, step),
			take_back: () => this.take_back(frm, step),
			extend: () => this.extend(frm, step),
			keep: () => this.keep(frm, step),
			undo_take_back: () => this.undo_take_back(frm, step),
		}[step.action];
		return ask ? ask() : this.ask(frm, step, [this.reason()]);
	},

	reason() {
		return { fieldname: "reason", fieldtype: "Small Text", label: __("Reason"), reqd: 1 };
	},

	ask(frm, step, fields, values_of = (values) => values) {
		const has_table = fields.some((field) => field.fieldtype === "Table");
		const dialog = new frappe.ui.Dialog({
			title: step.label,
			size: has_table ? "extra-large" : fields.length > 3 ? "large" : undefined,
			fields,
			primary_action_label: step.label,
			primary_action: async (values) => {
				dialog.disable_primary_action();
				try {
					await this.make(frm, step, values_of(values));
					dialog.hide();
				} finally {
					dialog.enable_primary_action();
				}
			},
		});
		dialog.show();
		return dialog;
	},

	async make(frm, step, values) {
		await frappe.xcall(`${this.api}.${step.action}`, { loan: frm.doc.name, ...values });
		// what has happened, as the history calls it
		frappe.show_alert({ message: this.label(step), indicator: "green" });
		await frm.reload_doc();
	},

	hand_over(frm, step) {
		const signed = (frm.doc.signature && frm.doc.signed_by) || frm.doc.unsigned_reason;
		if (signed) {
			frappe.confirm(__("Does the customer have all pieces now?"), () => this.make(frm, step, {}));
			return;
		}
		this.ask(frm, step, [
			{ fieldname: "pieces", fieldtype: "HTML", options: this.pieces(frm) },
			{ fieldname: "signed_by", fieldtype: "Data", label: __("Signed By") },
			{ fieldname: "signature", fieldtype: "Signature", label: __("Signature") },
			{
				fieldname: "unsigned_reason",
				fieldtype: "Small Text",
				label: __("Why Not Signed"),
				depends_on: "eval:!doc.signature",
			},
		]);
	},

	out(frm) {
		return frm.doc.pieces.filter((row) => row.qty > (row.returned_qty || 0));
	},

	keep(frm, step) {
		const rows = this.out(frm).map((row) =>
			support_service.loan_pieces.row_of(row, row.qty - (row.returned_qty || 0))
		);
		const table = support_service.loan_pieces.table(rows, frm.doc.company, __("What stays"));
		table.fields = table.fields.slice(0, 2);
		const note = __(
			"No stock is moved. Sell it from {0} with a Delivery Note, or let the store write it off.",
			[frm.doc.loan_warehouse]
		);
		this.ask(
			frm,
			step,
			[
				{
					fieldname: "note",
					fieldtype: "HTML",
					options: `<p class="text-muted">${frappe.utils.escape_html(note)}</p>`,
				},
				table,
				this.reason(),
			],
			(values) => ({ rows: support_service.loan_pieces.sent(values.rows), reason: values.reason })
		);
	},

	take_back(frm, step) {
		const out = this.out(frm);
		const rows = out.map((row) =>
			support_service.loan_pieces.row_of(row, row.qty - (row.returned_qty || 0))
		);
		// made once: pressing again, or a repeat by the network, takes nothing back a second time
		const command = frappe.utils.get_random(20);
		this.ask(
			frm,
			step,
			[support_service.loan_pieces.table(rows, frm.doc.company, __("What has come back"))],
			(values) => ({ rows: support_service.loan_pieces.sent(values.rows), command })
		);
	},

	extend(frm, step) {
		this.ask(frm, step, [
			{
				fieldname: "until",
				fieldtype: "Date",
				label: __("Due On"),
				reqd: 1,
				default: frm.doc.until_date,
			},
			this.reason(),
		]);
	},

	undo_take_back(frm, step) {
		const entries = {};
		for (const row of frm.doc.returns.filter((one) => ["Taken Back", "Kept"].includes(one.state))) {
			const pieces = [row.serial_no || row.item_code, frappe.datetime.str_to_user(row.taken_back_on)];
			const came_back = row.stock_entry || row.name;
			entries[came_back] = [...(entries[came_back] || []), pieces.join(" · ")];
		}
		this.ask(frm, step, [
			{
				fieldname: "by",
				fieldtype: "Select",
				label: __("Came Back with"),
				reqd: 1,
				options: Object.entries(entries).map(([value, words]) => ({
					value,
					label: words.join(", "),
				})),
			},
			this.reason(),
		]);
	},

	charge(frm, rows) {
		const worth = Object.fromEntries(frm.doc.pieces.map((row) => [row.name, row.damage_value]));
		const dialog = new frappe.ui.Dialog({
			title: __("Charge Damage"),
			fields: rows.map((row) => ({
				fieldname: row.name,
				fieldtype: "Float",
				label: [row.serial_no || row.item_code, row.damage].filter(Boolean).join(": "),
				default: worth[row.piece] || 0,
				description: __("In the company's currency; 0 charges nothing."),
			})),
			primary_action_label: __("Make Sales Invoice"),
			primary_action: async (values) => {
				const amounts = Object.fromEntries(Object.entries(values).filter(([, amount]) => amount > 0));
				dialog.disable_primary_action();
				try {
					const name = await frappe.xcall(`${this.api}.charge_damage`, {
						loan: frm.doc.name,
						amounts,
					});
					dialog.hide();
					frappe.show_alert({ message: __("{0} is made as a draft.", [name]), indicator: "green" });
					await frm.reload_doc();
				} finally {
					dialog.enable_primary_action();
				}
			},
		});
		dialog.show();
	},

	pieces(frm) {
		const escape = frappe.utils.escape_html;
		const lines = frm.doc.pieces.map((row) => {
			const words = [
				row.item_name || row.item_code,
				row.serial_no,
				row.qty === 1 ? "" : `× ${row.qty}`,
				row.condition && __(row.condition, null, "Equipment Loan Piece"),
				row.accessories,
			];
			return `<li>${escape(words.filter(Boolean).join(" · "))}</li>`;
		});
		return `<ul class="list-unstyled">${lines.join("")}</ul>`;
	},

	history(rows) {
		const escape = frappe.utils.escape_html;
		if (!rows.length) return `<p class="text-muted">${__("Nothing has happened yet.")}</p>`;
		const lines = rows.map((row) => {
			const more = [
				row.reached && __("Notified: {0}", [row.reached]),
				row.due_before &&
					__("Due on {0} instead of {1}", [this.day(row.due_on), this.day(row.due_before)]),
				row.reason,
			];
			return `<tr><td class="text-nowrap">${escape(frappe.datetime.str_to_user(row.made_at))}</td>
				<td>${escape(this.label(row))}</td><td>${escape(row.made_by)}</td>
				<td>${escape(more.filter(Boolean).join(" · "))}</td></tr>`;
		});
		return `<div class="table-responsive"><table class="table table-sm"><thead><tr>
			<th>${__("When")}</th><th>${__("Step")}</th><th>${__("Who")}</th><th>${__("Note")}</th>
			</tr></thead><tbody>${lines.join("")}</tbody></table></div>`;
	},

	day(value) {
		return frappe.datetime.str_to_user(value);
	},

	label(row) {
		const labels = {
			create: __("Requested", null, "Equipment Loan"),
			book: __("Booked", null, "Equipment Loan"),
			release: __("Released"),
			hand_over: __("Handed over"),
			undo_hand_over: __("Hand-over undone"),
			take_back: __("Taken Back"),
			undo_take_back: __("Taking back undone"),
			keep: __("Stays with the customer"),
			extend: __("Extended"),
			cancel: __("Cancelled", null, "Equipment Loan"),
			remind:
				row.days < 0 ? __("Reminded before the due date") : __("Reminded: {0} days late", [row.days]),
		};
		return labels[row.action] || row.action;
	},
});
