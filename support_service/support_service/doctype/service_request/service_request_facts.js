// What is known about the unit of a case, beside the problem: state, what is inside, its last cases and visits.
frappe.provide("support_service.case_facts");

Object.assign(support_service.case_facts, {
	api: "support_service.installed_base.api",

	async show_unit(frm) {
		const unit = frm.doc.installed_unit;
		const field = frm.fields_dict.unit_facts_html;
		if (!field) return;
		field.$wrapper.empty();
		if (!unit) return;
		const [inside, history] = await Promise.all([
			frappe.xcall(`${this.api}.inside_now`, { unit }),
			frappe.xcall(`${this.api}.unit_history`, { unit }),
		]);
		if (frm.doc.installed_unit !== unit) return;
		const others = history.cases.filter((row) => row.name !== frm.doc.name).slice(0, 5);
		field.$wrapper.html(`<div class="row">
			${this.column(__("Earlier Cases of This Unit"), others, (row) => this.case_row(row))}
			${this.column(__("Last Visits"), history.visits.slice(0, 5), (row) => this.visit_row(row))}
			${this.column(__("Inside Now"), inside.slice(0, 8), (row) => this.part_row(row))}
		</div>`);
	},

	column(label, rows, render) {
		const body = rows.length
			? `<ul class="list-unstyled mb-0">${rows.map(render).join("")}</ul>`
			: `<span class="text-muted">${__("Nothing recorded")}</span>`;
		return `<div class="col-md-4 mb-3"><div class="small text-muted mb-1">${label}</div>${body}</div>`;
	},

	case_row(row) {
		return this.line(
			this.link("Service Request", row.name, row.subject),
			`${__(row.status, null, "Service Request")} · ${frappe.datetime.prettyDate(row.creation)}`
		);
	},

	visit_row(row) {
		const outcome = row.outcome ? __(row.outcome) : __(row.status, null, "Engineer Visit");
		return this.line(
			this.link("Engineer Visit", row.name, frappe.datetime.str_to_user(row.planned_start)),
			[row.engineer_name, outcome].filter(Boolean).map(frappe.utils.escape_html).join(" · ")
		);
	},

	part_row(row) {
		const serial = row.serial_label ? ` · ${frappe.utils.escape_html(row.serial_label)}` : "";
		return this.line(
			`${frappe.utils.escape_html(row.item_name || row.item_code)}${serial}`,
			`${row.qty} · ${frappe.datetime.str_to_user(String(row.since).slice(0, 10))}`
		);
	},

	line(main, small) {
		return `<li class="mb-1">${main}<div class="small text-muted">${small}</div></li>`;
	},

	link(doctype, name, label) {
		return `<a href="${frappe.utils.get_form_link(doctype, name)}">${frappe.utils.escape_html(label || name)}</a>`;
	},
});
