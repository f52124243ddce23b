// Rows of parts by scanning: the first code is what is fitted, the number of the old part goes into the same row. A hardware
// scanner types into the field and ends with Enter; on a phone the camera reads. What a code means the server says.
frappe.provide("support_service.visit_scan");

Object.assign(support_service.visit_scan, {
	show(frm) {
		const field = frm.fields_dict.scan_html;
		if (!field) return;
		field.$wrapper.empty();
		this.show_old_parts(frm);
		if (frm.is_new() || frm.doc.docstatus || !frm.perm[0]?.write) return;
		field.$wrapper.html(`<div class="input-group mb-3 visit-scan">
			<input type="text" class="form-control" autocomplete="off" autocapitalize="off" spellcheck="false"
				aria-label="${__("Scan a Code")}" placeholder="${__("Scan or type: serial number, batch, barcode, item")}">
			<div class="input-group-append"><button class="btn btn-default" type="button">${__("Scan")}</button></div></div>`);
		const input = field.$wrapper.find("input");
		input.on("keydown", (event) => {
			if (event.key !== "Enter") return;
			event.preventDefault();
			event.stopPropagation();
			const code = input.val().trim();
			input.val("");
			if (code) this.take(frm, code);
		});
		field.$wrapper.find("button").on("click", () => {
			const code = input.val().trim();
			input.val("");
			if (code) return this.take(frm, code);
			this.open_camera(frm);
		});
	},

	// On a phone the rows' pencil lies outside of the screen: a button for each row opens what becomes of the old part.
	show_old_parts(frm) {
		const table = frm.fields_dict.parts;
		table.$wrapper.find(".visit-old-parts").remove();
		if (frm.doc.docstatus || !frm.perm[0]?.write) return;
		const box = $('<div class="visit-old-parts d-md-none mt-2">').appendTo(table.$wrapper);
		for (const row of frm.doc.parts || []) {
			if (row.kind !== "Part" || !row.item_code) continue;
			const old = this.lines(row.removed_serial_nos).join(", ") || row.removed_item_code;
			const fate = row.removed_goes_to && __(row.removed_goes_to, null, row.doctype);
			const said = [__("Row {0}: old part", [row.idx]), old, old && fate].filter(Boolean);
			$('<button type="button" class="btn btn-default btn-block text-left text-wrap mb-2">')
				.text(said.join(" · "))
				.on("click", () => table.grid.grid_rows_by_docname[row.name].toggle_view(true))
				.appendTo(box);
		}
	},

	// Frappe's own scanner; without a camera it says so
	open_camera(frm) {
		new frappe.ui.Scanner({
			dialog: true,
			multiple: false,
			on_scan: (data) => this.take(frm, data.decodedText),
		});
	},

	// one after the other, however fast they are scanned
	take(frm, code) {
		this.last = (this.last || Promise.resolve()).then(() => this.read(frm, code)).catch(() => {});
		return this.last;
	},

	async read(frm, code) {
		const visit = frm.doc.name;
		const found = await frappe.xcall("support_service.service_parts.api.scan", { visit, code });
		if (frm.doc.name !== visit) return;
		const number = found.serial_no || (found.means === "unknown" ? found.code : null);
		if (number && this.has(frm, number)) {
			return this.say(__("{0} is on the visit already.", [number]), "orange");
		}
		if (found.means === "unit" && !(await this.takes_unit(number))) return;
		if (found.means === "fitted") this.add(frm, found);
		else await this.add_removed(frm, found, number);
		frm.refresh_field("parts");
		this.show_old_parts(frm);
		frm.dirty();
	},

	// the label on the device itself: an old part only where the whole device is taken away
	takes_unit(number) {
		return this.confirmed(
			__("{0} is the device of this visit. Do you take the whole device with you?", [
				frappe.utils.escape_html(number),
			])
		);
	},

	confirmed(question) {
		return new Promise((resolve) =>
			frappe.confirm(
				question,
				() => resolve(true),
				() => resolve(false)
			)
		);
	},

	lines: (text) => (text || "").split(/[\n,]+/).filter((line) => line.trim()),

	has(frm, number) {
		const wanted = number.toLowerCase();
		return (frm.doc.parts || []).some((row) =>
			[...this.lines(row.serial_nos), ...this.lines(row.removed_serial_nos)].some(
				(line) => line.trim().toLowerCase() === wanted
			)
		);
	},

	// A serial number is a row of its own, so that the old part stands beside it; of others the quantity grows.
	add(frm, found) {
		const same = (frm.doc.parts || []).find(
			(row) =>
				!found.serial_no &&
				row.item_code === found.item_code &&
				row.kind === "Part" &&
				!row.serial_nos &&
				(row.batch_no || null) === found.batch_no
		);
		const row = same || frm.add_child("parts", { item_code: found.item_code, qty: 0 });
		Object.assign(row, {
			item_name: found.item_name,
			uom: found.uom,
			qty: flt(row.qty) + found.qty,
			batch_no: found.batch_no || row.batch_no,
			serial_nos: found.serial_no || row.serial_nos,
			warehouse: found.warehouse || row.warehouse,
		});
		const what = found.serial_no || found.batch_no || found.item_code;
		if (found.warehouse) {
			return this.say(
				__("Row {0}: {1} lies in {2} and is drawn from there", [row.idx, what, found.warehouse]),
				"orange"
			);
		}
		this.say(__("Row {0}: {1}, quantity {2}", [row.idx, what, row.qty]), "green");
	},

	// The old part belongs to the row of the same item that names none yet, else to the last such row.
	async add_removed(frm, found, number) {
		const open = (frm.doc.parts || []).filter(
			(row) => row.kind === "Part" && this.lines(row.removed_serial_nos).length < flt(row.qty)
		);
		const row = open.findLast((one) => one.item_code === found.item_code) || open[open.length - 1];
		if (!row) {
			return this.say(
				__("{0} is not in stock, so it is an old part. Scan what replaces it first.", [number]),
				"orange"
			);
		}
		if (found.means === "unknown" && !(await this.is_old_part(frm, row, number))) return;
		const numbers = [...this.lines(row.removed_serial_nos), number];
		Object.assign(row, {
			removed_item_code: found.item_code || row.removed_item_code || row.item_code,
			removed_qty: numbers.length,
			removed_serial_nos: numbers.join("\n"),
		});
		this.say(__("Row {0}: {1} was removed", [row.idx, number]), "green");
	},

	// A code that nothing is known under is mistyped, or the number of an old part that was never in stock: whoever scans says so.
	async is_old_part(frm, row, number) {
		const item = row.removed_item_code || row.item_code;
		const { message } = await frappe.db.get_value("Item", item, "has_serial_no");
		if (!message?.has_serial_no) {
			this.say(
				__("Nothing is known under {0}, and {1} has no serial numbers. Check the code.", [
					number,
					item,
				]),
				"orange"
			);
			return false;
		}
		return this.confirmed(
			__("Nothing is known under {0}. Is it the serial number of the old part in row {1}?", [
				frappe.utils.escape_html(number),
				row.idx,
			])
		);
	},

	say(message, indicator) {
		frappe.show_alert({ message: frappe.utils.escape_html(message), indicator });
	},
});
