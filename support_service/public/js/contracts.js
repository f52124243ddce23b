// Shows the status of contracts, what is left of entitlements, and invoices; included by form, list and calendar.
frappe.provide("support_service.contracts");

Object.assign(support_service.contracts, {
	colours: {
		Draft: "orange",
		Upcoming: "blue",
		Active: "green",
		Expired: "gray",
		Terminated: "red",
		Cancelled: "gray",
	},

	status_words: (status) => __(status, null, "Service Contract"),

	kind_words: (kind) => __(kind, null, "Service Contract Entitlement"),

	amount(kind, value, doc) {
		return kind === "Parts Value"
			? format_currency(value, doc?.currency)
			: format_number(value, null, 2).replace(/[.,]00$/, "");
	},

	// [words, colour] of one entitlement for the dashboard
	indicator(line) {
		const kind = this.kind_words(line.kind);
		if (line.remaining === null) return [__("{0}: unlimited", [kind]), "green"];
		const colour =
			line.remaining <= 0 ? "red" : line.remaining < line.included * 0.25 ? "orange" : "green";
		return [__("{0}: {1} left", [kind, this.amount(line.kind, line.remaining)]), colour];
	},

	left_html(lines, doc) {
		if (!lines.length) {
			return `<p class="text-muted">${__("Nothing is included but the service level.")}</p>`;
		}
		const rows = lines.map((line) => {
			const unlimited = line.remaining === null;
			const percent = unlimited ? 0 : Math.min(100, (line.used / line.included) * 100);
			const colour = percent >= 100 ? "bg-danger" : percent > 75 ? "bg-warning" : "bg-success";
			const of = unlimited
				? __("{0} used, without limit", [this.amount(line.kind, line.used, doc)])
				: __("{0} of {1} used", [
						this.amount(line.kind, line.used, doc),
						this.amount(line.kind, line.included, doc),
					]);
			const period = __("{0} to {1}", [this.day(line.period_start), this.day(line.period_end)]);
			return `<div class="mb-3">
				<div class="d-flex justify-content-between flex-wrap small">
					<b>${this.kind_words(line.kind)}</b><span>${of}</span>
				</div>
				<div class="progress" style="height: 8px" role="progressbar" aria-valuenow="${percent.toFixed(0)}"
					aria-valuemin="0" aria-valuemax="100" aria-label="${this.kind_words(line.kind)}">
					<div class="progress-bar ${colour}" style="width: ${percent}%"></div>
				</div>
				<div class="text-muted small">${period}${line.share < 100 ? ` · ${__("{0}% covered", [line.share])}` : ""}</div>
			</div>`;
		});
		const ledger = frappe.utils.generate_route({
			type: "doctype",
			name: "Service Contract Use",
			route_options: { contract: doc.name },
		});
		return `<h6 class="text-muted">${__("Used and Left Today")}</h6>${rows.join("")}
			<a class="small" href="${ledger}">${__("Everything that was used")}</a>`;
	},

	invoices_html(lines, doc) {
		if (!lines.length) {
			return `<p class="text-muted">${__("The contract has no price, so nothing is invoiced.")}</p>`;
		}
		const rows = lines.map(
			(line) => `<tr>
				<td>${line.no}</td>
				<td>${__("{0} to {1}", [this.day(line.first), this.day(line.last)])}</td>
				<td class="text-right">${format_currency(line.amount, doc.currency)}${
					line.to_credit
						? `<div class="text-danger small">${__("to be credited: {0}", [format_currency(line.to_credit, doc.currency)])}</div>`
						: ""
				}</td>
				<td>${this.invoice(line)}</td>
			</tr>`
		);
		return `<div class="table-responsive"><table class="table table-bordered table-sm">
			<thead><tr><th>${__("No.")}</th><th>${__("Invoiced Period")}</th>
				<th class="text-right">${__("Amount")}</th><th>${__("Sales Invoice")}</th></tr></thead>
			<tbody>${rows.join("")}</tbody></table></div>`;
	},

	invoice(line) {
		if (line.elsewhere) return __("invoiced elsewhere");
		if (!line.invoice) return `<span class="text-muted">${__("not yet due, or still to be made")}</span>`;
		const state = [
			[__("Draft"), "orange"],
			[__("Submitted"), "green"],
			[__("Cancelled"), "gray"],
		][line.docstatus];
		const again =
			line.docstatus === 2 && frappe.model.can_write("Service Contract")
				? ` <button class="btn btn-xs btn-default" data-again="${line.no}">${__("Make Again")}</button>`
				: "";
		const link = frappe.utils.get_form_link("Sales Invoice", line.invoice, true);
		return `${link} <span class="indicator-pill ${state[1]}">${state[0]}</span>${again}`;
	},

	// Frappe 15 cuts the zeros off a whole number: 30,000 would be shown as 30
	show_whole_numbers(frm) {
		const formatter = (value) => `<div style="text-align: right">${this.amount("", value || 0)}</div>`;
		frm.fields_dict.entitlements.grid.update_docfield_property("included", "formatter", formatter);
	},

	day: (value) => (value ? frappe.datetime.str_to_user(value) : ""),
});
