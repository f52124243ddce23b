// Shows who pays: a pill per line of work with the sentence that says why. Included by the forms of requests,
// decisions and units, and by the hotline.
frappe.provide("support_service.coverage_view");

Object.assign(support_service.coverage_view, {
	tones: { Covered: "green", "Partly Covered": "yellow", Charged: "orange" },
	answers: { "Not Needed": "gray", Open: "orange", Asked: "blue", Accepted: "green", Declined: "red" },

	// the answer of service_charging's decision/preview.py in one block: lines, warranties, contracts with what is left
	summary(preview) {
		if (!preview) return "";
		return `<div class="service-coverage">
			<h5>${__("Who Pays")} ${this.pill(preview.outcome)}</h5>
			${preview.lines.map((line) => this.line(line)).join("")}
			${preview.contracts.map((contract) => this.contract(contract)).join("")}
		</div>`;
	},

	// a decision: lines with amounts, totals and the customer's answer
	decision(doc) {
		const stages = {
			Intake: __("Decided at intake"),
			"Before Work": __("Before work"),
			"Work Done": __("Work done"),
			Sale: __("Parts sold"),
		};
		const money = (value) => this.text(format_currency(value, doc.currency));
		const answer =
			doc.acceptance === "Not Needed"
				? ""
				: `<span class="indicator-pill ${this.answers[doc.acceptance]}">${this.text(
						__(doc.acceptance, null, "Coverage Decision")
					)}</span>`;
		const total = doc.total
			? `<p class="service-coverage-total">${__("Charged: {0} of {1}", [
					`<strong>${money(doc.charged_amount)}</strong>`,
					money(doc.total),
				])}</p>`
			: "";
		const cause = doc.exclusion
			? `<p class="text-muted">${__("Cause: {0} ({1})", [
					this.text(__(doc.exclusion)),
					this.text(doc.exclusion_reason),
				])}</p>`
			: "";
		return `<div class="service-coverage">
			<p>${this.link("Coverage Decision", doc.name)} · ${stages[doc.stage]} ${this.pill(doc.outcome)} ${answer}</p>
			${doc.lines.map((line) => this.line(line, doc.currency)).join("")}${total}${this.charge(doc)}${cause}
		</div>`;
	},

	// how much of the charge is on ERPNext's documents, and how much is not charged yet
	charge({ charge, currency, quotation, sales_order, sales_invoice }) {
		if (!charge || !(charge.billed || charge.promised)) return "";
		const money = (value) => this.text(format_currency(value, currency));
		const papers = [
			["Quotation", quotation],
			["Sales Order", sales_order],
			["Sales Invoice", sales_invoice],
		];
		const words = [
			charge.billed ? __("Billed: {0}", [money(charge.billed)]) : "",
			charge.promised ? __("On drafts and orders: {0}", [money(charge.promised)]) : "",
			__("Not charged yet: {0}", [money(charge.offered)]),
			...papers.filter(([, name]) => name).map(([doctype, name]) => this.link(doctype, name)),
		];
		return `<p class="service-coverage-total text-muted">${words.filter(Boolean).join(" · ")}</p>`;
	},

	line(line, currency) {
		const kinds = { Labour: __("Labour"), Travel: __("Travel"), Part: __("Parts") };
		const what = line.kind === "Part" && line.description ? line.description : kinds[line.kind];
		const amount =
			currency && line.amount
				? `${this.number(line.qty)} × ${format_currency(line.rate, currency)}`
				: "";
		const charge =
			currency && line.amount ? `<b>${this.text(format_currency(line.charge, currency))}</b>` : "";
		return `<div class="service-coverage-line">
			<div><strong>${this.text(what)}</strong> <span class="text-muted">${this.text(amount)}</span>
				<small>${this.text(line.sentence)}</small></div>
			<div>${charge} ${this.pill(line.result)}</div>
		</div>`;
	},

	contract(contract) {
		const left = contract.left
			.map(({ kind, remaining }) => {
				const name = __(kind, null, "Service Contract Entitlement");
				return remaining === null
					? __("{0}: no limit", [name])
					: __("{0}: {1} left", [name, this.number(remaining)]);
			})
			.join(" · ");
		const facts = [
			left,
			__("until {0}", [frappe.datetime.str_to_user(contract.end_date)]),
			contract.service_level_policy,
		];
		return `<div class="service-coverage-line"><div>
			${this.link("Service Contract", contract.name, contract.title)}
			<small>${this.text(facts.filter(Boolean).join(" · "))}</small></div></div>`;
	},

	pill(result) {
		return `<span class="indicator-pill no-indicator-dot ${this.tones[result] || "gray"}">${this.text(
			__(result)
		)}</span>`;
	},

	link(doctype, name, label) {
		return `<a href="${frappe.utils.get_form_link(doctype, name)}">${this.text(label || name)}</a>`;
	},

	// without the zeros of the site's number format: two visits are left, not 2.000
	number(value) {
		return String(Math.round(value * 100) / 100);
	},

	text(value) {
		return frappe.utils.escape_html(String(value ?? ""));
	},
});

frappe.dom.set_style(
	`.service-coverage { margin-bottom: var(--margin-sm); }
	.service-coverage h5 { margin-top: var(--margin-sm); }
	.service-coverage-line { display: flex; gap: var(--padding-sm); justify-content: space-between;
		padding: 6px 0; border-top: 1px solid var(--border-color); }
	.service-coverage-line > :first-child { min-width: 0; }
	.service-coverage-line > :last-child:not(:first-child) { flex: none; text-align: right; }
	.service-coverage-line small { display: block; color: var(--text-muted); overflow-wrap: anywhere; }
	.service-coverage-total { margin: 8px 0 0; text-align: right; }`,
	"service-coverage-style"
);
