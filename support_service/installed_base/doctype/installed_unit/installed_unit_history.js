// What is inside a unit now, and everything stored about it: warranties, contracts, cases, visits, parts, events, files.
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
		frm.fields_dict.history_html.$wrapper.html(this.all(history, unit));
		frm.fields_dict.advice_html.$wrapper.html(this.advice(history.advice));
		frm.fields_dict.position_html.$wrapper.html(this.position(history.position));
		support_service.unit_readings.show(frm, history.meters);
	},

	all(history, unit) {
		return [
			this.block(__("Warranties"), this.warranties(history.warranties), "Service Warranty", unit),
			this.block(__("Contracts"), this.contracts(history.contracts)),
			this.block(__("Cases"), this.cases(history.cases), "Service Request", unit),
			this.block(
				__("Visits", null, "Engineer Visit"),
				this.visits(history.visits),
				"Engineer Visit",
				unit
			),
			this.block(__("Parts Fitted and Removed"), this.ledger(history.parts), "Fitted Part Entry", unit),
			this.block(__("Events"), this.events(history.events), "Installed Unit Event", unit),
			this.block(__("Documents"), this.files(history.files)),
		].join("");
	},

	advice(rows) {
		if (!rows.length) return "";
		const colour = { Replace: "red", Refit: "orange", Upgrade: "blue" };
		const lines = rows.map(
			(row) =>
				`<div class="mb-1"><span class="indicator-pill ${colour[row.action]}">${this.text(
					row.label
				)}</span> ${this.text(row.reason)}</div>`
		);
		return `<div class="mb-3">${lines.join("")}</div>`;
	},

	position(position) {
		if (!position) return "";
		const at = `${position.latitude}, ${position.longitude}`;
		const map = `https://www.openstreetmap.org/?mlat=${position.latitude}&mlon=${position.longitude}#map=16/${position.latitude}/${position.longitude}`;
		const from = position.from_unit
			? `<div class="text-muted small">${__("From unit {0}", [
					this.link("Installed Unit", position.from_unit),
				])}</div>`
			: "";
		return `<a href="${map}" target="_blank" rel="noopener noreferrer">${__("Show on the map")}</a>
			<span class="text-muted small ml-2">${this.text(at)}</span>${from}`;
	},

	warranties(rows) {
		return this.table(
			[__("Warranty"), __("Status"), __("Part"), __("From"), __("Until")],
			rows.map((row) => [
				this.link("Service Warranty", row.name),
				this.text(__(row.status, null, "Service Warranty")),
				this.text(row.part_serial || row.part_item),
				this.date(row.starts_on),
				this.date(row.ends_on),
			]),
			__("No warranty is recorded for this unit.")
		);
	},

	contracts(rows) {
		return this.table(
			[__("Contract"), __("Title"), __("Status"), __("From"), __("Until")],
			rows.map((row) => [
				this.link("Service Contract", row.name),
				this.text(row.title),
				this.text(__(row.status, null, "Service Contract")),
				this.date(row.start_date),
				this.date(row.end_date),
			]),
			__("No contract names this unit.")
		);
	},

	events(rows) {
		return this.table(
			[__("On"), __("Event"), __("Customer"), __("Before"), __("After"), __("Document"), __("By")],
			rows.map((row) => [
				this.date(row.happened_on),
				this.text(__(row.event, null, "Installed Unit Event")) +
					(row.reason ? ` <small class="text-muted">${this.why(row.reason)}</small>` : ""),
				this.text(row.customer),
				this.text(row.from_customer || this.value(row.old_value)),
				this.text(this.value(row.new_value)),
				this.link(row.reference_doctype, row.reference_name),
				this.text(row.recorded_by),
			]),
			__("Nothing has happened to this unit yet.")
		);
	},

	// a change by hand says which field it was
	why(reason) {
		const field = frappe.meta.get_docfield("Installed Unit", reason);
		return this.text(field ? __(field.label, null, "Installed Unit") : reason);
	},

	value(text) {
		if (/^\d{4}-\d{2}-\d{2}$/.test(text || "")) return frappe.datetime.str_to_user(text);
		return text ? __(text) : "";
	},

	files(rows) {
		return this.table(
			[__("File"), __("Attached")],
			rows.map((row) => [
				`<a href="${encodeURI(row.file_url)}" target="_blank">${this.text(row.file_name)}</a>`,
				this.date(row.creation),
			]),
			__("Attach drawings, manuals and acceptance papers to this unit; they are listed here.")
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
		const all = doctype
			? `<a class="small" href="${frappe.utils.generate_route({
					type: "doctype",
					name: doctype,
					route_options: { installed_unit: unit },
				})}">${__("Show all")}</a>`
			: "";
		return `<div class="d-flex justify-content-between align-items-baseline mt-3 mb-2">
			<h5 class="mb-0">${title}</h5>${all}
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
