// Choosing free pieces for a loan, and the table of what comes back; used by the forms of loans, requests and visits.
frappe.provide("support_service.loan_pieces");

Object.assign(support_service.loan_pieces, {
	api: "support_service.service_parts.loans.desk_api",
	conditions: ["As New", "Good", "Worn", "Damaged"],

	add_button(frm) {
		frm.add_custom_button(__("Choose Free Pieces"), () => this.choose(frm));
	},

	async choose(frm) {
		const { company, from_date, until_date } = frm.doc;
		if (!company || !from_date || !until_date) {
			frappe.msgprint(__("Choose the request and the days first."));
			return;
		}
		const lines = await frappe.xcall(`${this.api}.free_pieces`, {
			company,
			first: from_date,
			last: until_date,
			stands_in_for: frm.doc.stands_in_for || "",
			loan: frm.is_new() ? "" : frm.doc.name,
		});
		const dialog = new frappe.ui.Dialog({
			title: __("Free from {0} to {1}", [this.day(from_date), this.day(until_date)]),
			size: "large",
			fields: [{ fieldname: "lines", fieldtype: "HTML", options: this.lines(lines) }],
			primary_action_label: __("Take These"),
			primary_action: () => {
				dialog.$wrapper.find("input:checked").each((_, box) => this.add(frm, lines[box.value]));
				dialog.hide();
				frm.refresh_field("pieces");
				frm.dirty();
			},
		});
		dialog.show();
	},

	add(frm, line) {
		const same = (row) =>
			row.item_code === line.item_code && (row.serial_no || "") === (line.serial_no || "");
		if (frm.doc.pieces?.some(same)) return;
		const empty = frm.doc.pieces?.find((row) => row.item_code === line.item_code && !row.serial_no);
		const row = empty && line.serial_no ? empty : frm.add_child("pieces");
		Object.assign(row, {
			item_code: line.item_code,
			item_name: line.item_name,
			serial_no: line.serial_no,
			batch_no: line.batch_no,
			warehouse: line.warehouse,
			qty: 1,
		});
	},

	lines(lines) {
		const escape = frappe.utils.escape_html;
		if (!lines.length) {
			return `<p class="text-muted">${__(
				"No devices to lend. The settings name the warehouse they stand in, in Parts and Stock."
			)}</p>`;
		}
		const fits = {
			same: __("the same item"),
			alternative: __("an alternative item"),
			group: __("the same item group"),
		};
		const rows = lines.map((line, index) => {
			const taken = line.taken.map(
				(one) => `${one.loan} ${this.day(one.first)} – ${this.day(one.last)}`
			);
			const state = line.free
				? line.free_until
					? __("free until {0}", [this.day(line.free_until)])
					: __("free")
				: __("taken");
			return `<tr class="${line.free ? "" : "text-muted"}">
				<td><input type="checkbox" value="${index}" ${line.free ? "" : "disabled"}></td>
				<td>${escape(line.item_name || line.item_code)}<div class="text-muted small">${escape(fits[line.fits] || "")}</div></td>
				<td>${escape(line.serial_no || line.batch_no || `${line.free}`)}</td>
				<td><span class="indicator-pill ${line.free ? "green" : "gray"}">${escape(state)}</span>
				<div class="small text-muted">${escape(taken.join(", "))}</div></td>
				<td>${escape(line.warehouse || "")}</td></tr>`;
		});
		return `<div class="table-responsive"><table class="table table-sm free-pieces"><thead><tr><th></th>
			<th>${__("Item")}</th><th>${__("Serial Number or Pieces")}</th><th>${__("Free")}</th><th>${__("Warehouse")}</th>
			</tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
	},

	day(value) {
		return frappe.datetime.str_to_user(value);
	},

	row_of(row, qty, planned = {}) {
		return {
			piece: row.piece || row.name,
			// the number first: a narrow column cuts the end
			what: [row.serial_no, row.item_name || row.item_code].filter(Boolean).join(" "),
			qty,
			condition: planned.condition || "Good",
			damage: planned.damage || "",
			to_warehouse: planned.to_warehouse || "",
		};
	},

	// the table in which somebody says what of the rows has come back, and how
	table(rows, company, label) {
		return {
			fieldname: "rows",
			fieldtype: "Table",
			label,
			cannot_add_rows: true,
			in_place_edit: true,
			data: rows,
			get_data: () => rows,
			fields: [
				{
					fieldname: "what",
					fieldtype: "Data",
					label: __("Piece"),
					read_only: 1,
					in_list_view: 1,
					columns: 3,
				},
				{ fieldname: "qty", fieldtype: "Float", label: __("Quantity"), in_list_view: 1, columns: 1 },
				{
					fieldname: "condition",
					fieldtype: "Select",
					label: __("Condition", null, "Equipment Loan"),
					options: this.conditions.map((value) => ({
						value,
						label: __(value, null, "Equipment Loan Return"),
					})),
					in_list_view: 1,
				},
				{
					fieldname: "damage",
					fieldtype: "Small Text",
					label: __("Damage or What Is Missing"),
					in_list_view: 1,
					columns: 2, // ten columns in all: a grid drops what goes beyond
				},
				{
					fieldname: "to_warehouse",
					fieldtype: "Link",
					options: "Warehouse",
					label: __("To Warehouse"),
					in_list_view: 1,
					get_query: () => ({ filters: { company, is_group: 0, disabled: 0 } }),
				},
			],
		};
	},

	sent(rows) {
		return rows.map(({ piece, qty, condition, damage, to_warehouse }) => ({
			piece,
			qty,
			condition,
			damage,
			to_warehouse,
		}));
	},
});
