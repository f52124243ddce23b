// The HTML of the hotline page, made of what the server answered. All values are escaped here.
frappe.provide("support_service.hotline_cards");

Object.assign(support_service.hotline_cards, {
	welcome() {
		return `<div class="hotline-empty">
			<p>${__("Who is calling? Type a phone number, a name, a serial number, a unit or a case number.")}</p>
			<p class="hotline-keys">${__("{0} search · {1} choose · {2} open · {3} next call", [
				"<kbd>/</kbd>",
				"<kbd>↑</kbd> <kbd>↓</kbd>",
				"<kbd>Enter</kbd>",
				"<kbd>Esc</kbd>",
			])}</p>
			<p>${__("Nobody we know? Write down name and number on the case; the customer can be added later.")}</p>
		</div>`;
	},

	hits(hits, text) {
		if (!hits.length) {
			return `<div class="hotline-empty">${__("Nothing found for {0}", [
				`<b>${frappe.utils.escape_html(text || "")}</b>`,
			])}</div>`;
		}
		let kind = null;
		return hits
			.map((hit, index) => {
				const heading = hit.kind === kind ? "" : `<h5>${__(hit.kind)}</h5>`;
				kind = hit.kind;
				return `${heading}<button type="button" role="option" class="hotline-hit" data-index="${index}">
					<strong>${this.text(hit.title)}</strong>
					<small>${this.text(hit.detail)}${hit.status ? ` · ${__(hit.status, null, hit.kind)}` : ""}</small>
				</button>`;
			})
			.join("");
	},

	customer({ customer, contacts, addresses, open_cases, closed_cases, contracts, units }) {
		return `
			${this.title("Customer", customer.name, customer.customer_name)}
			${this.facts([
				[__("Customer Group"), customer.customer_group && __(customer.customer_group)],
				[__("Territory"), customer.territory && __(customer.territory)],
				[__("Phone"), customer.mobile_no],
				[__("E-mail"), customer.email_id],
			])}
			${this.section(__("Open Cases"), open_cases, (row) => this.case_row(row), __("No open case"))}
			${this.section(__("Units"), units, (row) => this.unit_row(row), __("No unit is recorded"))}
			${this.section(__("Contracts"), contracts, (row) => this.contract_row(row), __("No contract holds today"))}
			${this.section(__("Contacts"), contacts, (row) => this.contact_row(row))}
			${this.section(__("Addresses"), addresses, (row) => this.address_row(row))}
			${this.section(__("Closed Lately"), closed_cases, (row) => this.case_row(row))}`;
	},

	unit({ unit, coverage, inside, open_cases, closed_cases, visits, contacts }) {
		return `
			${this.title("Installed Unit", unit.name, unit.unit_name, support_service.colours.pill("unit_state", unit.state))}
			<p><button type="button" class="btn btn-link btn-sm p-0" data-customer="${this.text(unit.customer)}">
				${this.text(unit.customer_name || unit.customer)}</button></p>
			${support_service.coverage_view.summary(coverage)}
			${this.facts([
				[__("Serial Number"), unit.serial_label],
				[__("Item"), unit.item_name || unit.item_code],
				[__("Site"), unit.site_address_display],
				[__("Delivered On"), this.date(unit.delivered_on)],
				[__("Accepted On"), this.date(unit.accepted_on)],
				[__("Notes", null, "Installed Unit"), unit.notes],
			])}
			${this.section(__("Open Cases"), open_cases, (row) => this.case_row(row), __("No open case"))}
			${this.section(__("Contacts"), contacts, (row) => this.contact_row(row))}
			${this.section(__("Last Visits"), visits, (row) => this.visit_row(row))}
			${this.section(__("Inside Now"), inside, (row) => this.part_row(row))}
			${this.section(__("Closed Lately"), closed_cases, (row) => this.case_row(row))}`;
	},

	caller({ customer, customer_name, unit_name }) {
		if (!customer) return "";
		const unit = unit_name ? `<br><small class="text-muted">${this.text(unit_name)}</small>` : "";
		return `<b>${this.text(customer_name || customer)}</b>${unit}`;
	},

	duplicates(cases) {
		if (!cases.length) return "";
		const rows = cases.map(
			(row) => `<div>${this.link("Service Request", row.name)} ${this.text(row.subject)}</div>`
		);
		return `<b>${__("Already open on this unit")}</b>${rows.join("")}`;
	},

	// who can be reached where a team is outside its office hours
	duty(teams) {
		if (!teams.length) return "";
		const rows = teams.map((team) => {
			const people = team.engineers.map((row) =>
				[row.engineer_name, row.phone].filter(Boolean).join(" ")
			);
			const who = people.length
				? __("on duty: {0}", [this.text(people.join(", "))])
				: __("nobody is on duty");
			return `<div>${__("{0} is outside office hours", [
				`<b>${this.text(team.team)}</b>`,
			])} – ${who}</div>`;
		});
		return `<div class="hotline-notice info small">${rows.join("")}</div>`;
	},

	created({ name, priority, team, department_queue, duty }) {
		const where = team || (department_queue && __(department_queue)) || "";
		return (
			__("{0} is created. Priority: {1}. Team: {2}.", [
				`<b>${this.link("Service Request", name)}</b>`,
				__(priority),
				this.text(where) || "–",
			]) + (duty?.closed ? this.on_duty_told(duty) : "")
		);
	},

	on_duty_told({ engineers }) {
		const people = engineers.map((row) => [row.engineer_name, row.phone].filter(Boolean).join(" "));
		return people.length
			? `<br>${__("The team is outside office hours; on duty and notified: {0}", [
					this.text(people.join(", ")),
				])}`
			: `<br>${__("The team is outside office hours, and nobody is on duty.")}`;
	},

	title(doctype, name, title, pill = "") {
		const number = name === title ? "" : `<span class="text-muted">${this.text(name)}</span>`;
		return `<div class="hotline-title"><h4>${this.link(doctype, name, title)}</h4>${number}${pill}</div>`;
	},

	facts(pairs) {
		const known = pairs.filter(([, value]) => value);
		if (!known.length) return "";
		const cells = known.map(
			([label, value]) => `<div><dt>${label}</dt><dd>${this.text(value)}</dd></div>`
		);
		return `<dl class="hotline-facts">${cells.join("")}</dl>`;
	},

	section(label, rows, render, empty = "") {
		if (!rows.length && !empty) return "";
		const body = rows.length ? rows.map(render).join("") : `<p class="text-muted">${empty}</p>`;
		return `<h5>${label}</h5>${body}`;
	},

	case_row(row) {
		const colours = support_service.colours;
		return this.row(
			`${this.link("Service Request", row.name, row.subject)}
			<small>${this.text(row.name)} · ${this.age(row.raised_on)}${
				row.engineer_name ? ` · ${this.text(row.engineer_name)}` : ""
			}</small>`,
			`${colours.pill("case_status", row.status)} ${colours.pill("priority", row.priority)}
			<button type="button" class="hotline-note" data-note="${this.text(row.name)}">${__(
				"Add Note of the Call"
			)}</button>`
		);
	},

	contract_row(row) {
		return this.row(
			`${this.link("Service Contract", row.name, row.title)}<small>${this.text(row.name)}</small>`,
			`${this.date(row.start_date)} – ${this.date(row.end_date)}<small>${this.text(row.calendar || "")}</small>`
		);
	},

	unit_row(row) {
		return this.row(
			`<button type="button" data-unit="${this.text(row.name)}" class="text-left">
				${this.text(row.unit_name)}
				<small>${this.text([row.serial_label, row.item_name].filter(Boolean).join(" · "))}</small>
			</button>`,
			support_service.colours.pill("unit_state", row.state)
		);
	},

	contact_row(row) {
		const phone = row.mobile_no || row.phone || "";
		return this.row(
			`<button type="button" data-contact="${this.text(row.name)}" data-name="${this.text(row.full_name)}"
				data-phone="${this.text(phone)}" title="${__("This contact is calling")}">
				${this.text(row.full_name)}<small>${this.text(row.designation || "")}</small>
			</button>`,
			`${this.text(phone)}<small>${this.text(row.email_id || "")}</small>`
		);
	},

	address_row(row) {
		const where = [row.address_line1, row.city, row.pincode].filter(Boolean).join(", ");
		return this.row(`${this.text(where)}<small>${__(row.address_type || "")}</small>`);
	},

	visit_row(row) {
		return this.row(
			`${this.link("Engineer Visit", row.name, this.datetime(row.planned_start))}
			<small>${this.text([row.engineer_name, row.outcome && __(row.outcome)].filter(Boolean).join(" · "))}</small>`,
			support_service.colours.pill("visit_status", row.status)
		);
	},

	part_row(row) {
		return this.row(
			`${this.text(row.item_name || row.item_code)}<small>${this.text(row.serial_label || "")}</small>`,
			`${this.text(row.qty)}<small>${this.date(row.since)}</small>`
		);
	},

	row(left, right = "") {
		return `<div class="hotline-row"><div>${left}</div>${right ? `<div>${right}</div>` : ""}</div>`;
	},

	link(doctype, name, label) {
		return `<a href="${frappe.utils.get_form_link(doctype, name)}">${this.text(label || name)}</a>`;
	},

	text(value) {
		return frappe.utils.escape_html(String(value ?? ""));
	},

	date(value) {
		return value ? frappe.datetime.str_to_user(String(value).slice(0, 10)) : "";
	},

	datetime(value) {
		return value ? frappe.datetime.str_to_user(value) : "";
	},

	age(value) {
		return value ? frappe.datetime.prettyDate(value) : "";
	},
});
