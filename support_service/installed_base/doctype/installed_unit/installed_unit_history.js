// What is inside a unit now, and everything that was done to it: cases, visits and the ledger of parts.
frappe.provide("support_service.unit_history");

Object.assign(support_service.unit_history, {
	api: "support_service.installed_base.api",

	async show(frm) {
		const unit = frm.doc.name;
		const [inside, history] = await Promise.all([
			frappe.xcall(`${this.api}.inside_now`, { unit }),
			frappe.xcall(`${this.api}.unit_history`, { unit }),
		]);
		if (frm.doc.name !== unit) return;
		frm.fields_dict.fitted_html.$wrapper.html(this.inside(inside));
		frm.fields_dict.history_html.$wrapper.html(
			this.block(__("Cases"), this.cases(history.cases), "Service Request", unit) +
				this.block(
					__("Visits", null, "Engineer Visit"),
					this.visits(history.visits),
					"Engineer Visit",
					unit
				) +
				this.block(
					__("Parts Fitted and Removed"),
					this.ledger(history.parts),
					"Fitted Part Entry",
					unit
				)
		);
	},

	inside(parts) {
		return this.table(
			[__("Part"), __("Serial or Batch Number"), __("Quantity"), __("Inside Since"), __("Fitted By")],
			parts.map((part) => [
				this.text(part.item_name || part.item_code),
				this.text(part.serial_label || part.batch_no),
				this.text(part.qty),
				this.date(part.since),
				this.link(part.voucher_type, part.voucher_no),
			]),
			__("No part is recorded inside this unit. Parts fitted by a visit appear here.")
		);
	},

	cases(rows) {
		return this.table(
			[__("Request"), __("Subject"), __("Status"), __("Raised")],
			rows.map((row) => [
				this.link("Service Request", row.name),
				this.text(row.subject),
				support_service.colours.pill("case_status", row.status),
				this.date(row.creation),
			]),
			__("No case yet.")
		);
	},

	visits(rows) {
		return this.table(
			[
				__("Visit", null, "Engineer Visit"),
				__("Engineer"),
				__("Status"),
				__("Outcome"),
				__("Planned Start"),
			],
			rows.map((row) => [
				this.link("Engineer Visit", row.name),
				this.text(row.engineer_name),
				support_service.colours.pill("visit_status", row.status),
				this.text(row.outcome && __(row.outcome)),
				row.planned_start ? frappe.datetime.str_to_user(row.planned_start) : "",
			]),
			__("No visit yet.")
		);
	},

	ledger(rows) {
		return this.table(
			[
				__("On"),
				__("Kind"),
				__("Part"),
				__("Serial or Batch Number"),
				__("Quantity"),
				__("Source", null, "Fitted Part Entry"),
			],
			rows.map((row) => [
				this.date(row.happened_at),
				`<span class="indicator ${row.kind === "Fitted" ? "green" : "orange"}">${__(row.kind)}</span>${
					row.reversal_of ? ` <small class="text-muted">${__("reversal")}</small>` : ""
				}`,
				this.text(row.item_name || row.item_code),
				this.text(row.serial_label || row.batch_no),
				this.text(row.qty),
				this.link(row.voucher_type, row.voucher_no),
			]),
			__("No part was fitted or removed yet.")
		);
	},

	block(title, body, doctype, unit) {
		const all = `/app/${frappe.router.slug(doctype)}?installed_unit=${encodeURIComponent(unit)}`;
		return `<div class="d-flex justify-content-between align-items-baseline mt-3 mb-2">
			<h5 class="mb-0">${title}</h5><a class="small" href="${all}">${__("Show all")}</a>
		</div>${body}`;
	},

	table(headings, rows, empty) {
		if (!rows.length) return `<p class="text-muted">${empty}</p>`;
		const head = headings.map((heading) => `<th>${heading}</th>`).join("");
		const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join("")}</tr>`).join("");
		return `<div class="table-responsive"><table class="table table-sm table-bordered">
			<thead class="text-muted small"><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
	},

	link(doctype, name) {
		if (!name) return "";
		return `<a href="${frappe.utils.get_form_link(doctype, name)}">${this.text(name)}</a>`;
	},

	date(value) {
		return value ? frappe.datetime.str_to_user(String(value).slice(0, 10)) : "";
	},

	text(value) {
		return frappe.utils.escape_html(String(value ?? ""));
	},
});
