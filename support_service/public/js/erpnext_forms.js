// Adds to ERPNext's own forms: Create → Service Request with values of the record, and the line at the top (a customer's open
// cases and contracts; unit and who pays of a serial number or asset). The connections come from hooks.py. The desk
// loads this file once for each of the forms.
frappe.provide("support_service");

if (!support_service.erpnext_forms) {
	support_service.erpnext_forms = {
		api: "support_service.erpnext_desk.api",
		sources: ["Customer", "Contact", "Serial No", "Asset", "Delivery Note", "Sales Invoice"],

		refresh(frm) {
			if (frm.is_new()) return;
			this.show_at_a_glance(frm);
			if (!this.may_create(frm)) return;
			const create = () => this.create_case(frm);
			frm.add_custom_button(__("Service Request"), create, __("Create"));
			// the + beside the connection fills in the same values
			frm.make_methods = { ...frm.make_methods, "Service Request": create };
		},

		may_create(frm) {
			if (!frappe.model.can_create("Service Request")) return false;
			return !frm.meta.is_submittable || (frm.doc.docstatus === 1 && !frm.doc.is_return);
		},

		async create_case(frm) {
			const { values, choices } = await frappe.xcall(`${this.api}.new_case`, {
				doctype: frm.doctype,
				name: frm.doc.name,
			});
			if (!choices) return frappe.new_doc("Service Request", values);
			this.ask_which(frm, values, choices);
		},

		// several pieces were delivered: which of them is it about?
		ask_which(frm, values, choices) {
			const dialog = new frappe.ui.Dialog({
				title: __("Which piece is it about?"),
				fields: [
					{
						fieldname: "unit",
						fieldtype: "Select",
						label: __("Installed Unit"),
						options: [
							{ value: "", label: __("Not known yet") },
							...choices.map((unit) => ({
								value: unit.name,
								label: [unit.serial_label, unit.unit_name, unit.name]
									.filter(Boolean)
									.join(" · "),
							})),
						],
					},
				],
				primary_action_label: __("Create"),
				primary_action: async ({ unit }) => {
					dialog.hide();
					if (!unit) return frappe.new_doc("Service Request", values);
					const answer = await frappe.xcall(`${this.api}.new_case`, {
						doctype: frm.doctype,
						name: frm.doc.name,
						unit,
					});
					frappe.new_doc("Service Request", answer.values);
				},
			});
			dialog.show();
		},

		show_at_a_glance(frm) {
			const facts = frm.doc.__onload?.after_sales;
			if (!facts) return;
			const parts = facts.unit ? this.unit_parts(facts) : [];
			if (facts.cases) parts.push(this.cases(facts.cases));
			if (facts.contracts) parts.push(...this.contracts(facts.contracts));
			const html = `<div class="after-sales-glance">${parts.join(" · ")}</div>`;
			frm.layout.show_message(html, facts.cases?.late ? "red" : "blue", true);
			frm.layout.message.find(".after-sales-cases").on("click", (event) => {
				event.preventDefault();
				this.open_cases(frm, facts);
			});
		},

		open_cases(frm, { unit, cases }) {
			if (cases.only) return frappe.set_route("Form", "Service Request", cases.only);
			frappe.route_options = {
				...(unit ? { installed_unit: unit.name } : { customer: frm.doc.name }),
				status: ["not in", ["Closed", "Cancelled"]],
			};
			frappe.set_route("List", "Service Request", "List");
		},

		cases({ open, late }) {
			if (!open) return __("No open service requests");
			const number = open < 100 ? open : "99+";
			const words =
				open === 1 ? __("1 open service request") : __("{0} open service requests", [number]);
			const overdue = late ? ` (${__("{0} overdue", [late])})` : "";
			return `<a href="#" class="after-sales-cases">${words}</a>${overdue}`;
		},

		contracts(contracts) {
			if (!contracts.length) return [__("No service contract in force")];
			return contracts.map(({ name, title, until }) =>
				__("Service contract {0} until {1}", [
					this.link("Service Contract", name, title),
					frappe.datetime.str_to_user(until),
				])
			);
		},

		unit_parts({ unit, coverage }) {
			const kinds = { Labour: __("Labour"), Travel: __("Travel"), Part: __("Parts") };
			const pays = coverage.lines.map(
				({ kind, result, sentence }) =>
					`<span title="${this.text(sentence)}">${kinds[kind]}: ${this.text(__(result))}</span>`
			);
			return [
				`${__("Installed Unit")} ${this.link("Installed Unit", unit.name, unit.unit_name)} (${this.text(
					__(unit.state)
				)})`,
				unit.customer_name && this.text(unit.customer_name),
				this.warranty(coverage.warranties),
				...coverage.contracts.map(({ name, title }) => this.link("Service Contract", name, title)),
				pays.join(", "),
			].filter(Boolean);
		},

		warranty(warranties) {
			const whole = warranties.filter((row) => !row.part);
			const days = whole
				.filter((row) => row.in_force)
				.flatMap((row) => Object.values(row.until))
				.sort();
			if (days.length) return __("In warranty until {0}", [frappe.datetime.str_to_user(days.at(-1))]);
			return whole.length ? __("Out of warranty") : __("No warranty on record");
		},

		link(doctype, name, label) {
			return `<a href="${frappe.utils.get_form_link(doctype, name)}">${this.text(label || name)}</a>`;
		},

		text(value) {
			return frappe.utils.escape_html(String(value ?? ""));
		},
	};

	for (const doctype of support_service.erpnext_forms.sources) {
		frappe.ui.form.on(doctype, {
			refresh: (frm) => support_service.erpnext_forms.refresh(frm),
		});
	}

	frappe.dom.set_style(".after-sales-glance a { text-decoration: underline; }", "after-sales-glance-style");
}
