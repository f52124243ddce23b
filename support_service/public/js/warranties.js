// How warranties are shown: status by the dates, what is covered until when, the ledger in words. Included by the
// forms and lists of warranties and by the form of a unit.
frappe.provide("support_service.warranties");

Object.assign(support_service.warranties, {
	api: "support_service.service_coverage.warranty.api",
	colours: { Pending: "blue", Active: "green", Suspended: "orange", Expired: "gray", Void: "red" },
	event_colours: {
		Registered: "blue",
		Started: "green",
		Extended: "green",
		Transferred: "blue",
		Suspended: "orange",
		Resumed: "green",
		Voided: "red",
		Corrected: "yellow",
	},
	kinds: ["parts", "labour", "travel"],

	kind_label(kind) {
		return {
			parts: __("Parts", null, "Service Warranty"),
			labour: __("Labour", null, "Service Warranty"),
			travel: __("Travel", null, "Service Warranty"),
		}[kind];
	},

	// The stored status is updated at night; the form shows what is true now.
	status(doc) {
		const today = frappe.datetime.get_today();
		if (doc.status === "Void") return "Void";
		if (doc.ends_on && doc.ends_on < today) return "Expired";
		if (doc.suspension) return "Suspended";
		return doc.starts_on && doc.starts_on <= today ? "Active" : "Pending";
	},

	status_words(status) {
		return __(status, null, "Service Warranty");
	},

	pill(status) {
		return `<span class="indicator-pill ${this.colours[status] || "gray"}">${this.status_words(status)}</span>`;
	},

	may_change() {
		return ["After-Sales Lead", "Service Manager", "System Manager"].some((role) =>
			frappe.user.has_role(role)
		);
	},

	day(value) {
		return value ? frappe.datetime.str_to_user(value) : "";
	},

	// "Parts until 01-06-2027 (50%) · Labour until …"
	covers(row) {
		return this.kinds
			.filter((kind) => row[`${kind}_until`])
			.map((kind) => {
				const share = row[`share_${kind}`];
				const until = __("{0} until {1}", [this.kind_label(kind), this.day(row[`${kind}_until`])]);
				return share < 100 ? `${until} (${Math.round(share)}%)` : until;
			})
			.join(" · ");
	},

	// one block per row, the latest first: it reads on a phone as well
	ledger_html(rows) {
		if (!rows.length) return `<p class="text-muted">${__("Nothing is recorded yet.")}</p>`;
		return rows.map((row) => this.ledger_row(row)).join("");
	},

	ledger_row(row) {
		const escape = frappe.utils.escape_html;
		const event = __(row.event, null, "Service Warranty Entry");
		const terms = ["Registered", "Started", "Extended", "Corrected"].includes(row.event);
		const source = row.reference_name
			? `<a href="${frappe.utils.get_form_link(row.reference_doctype, row.reference_name)}">${escape(
					__(row.reference_doctype)
				)} ${escape(row.reference_name)}</a>`
			: "";
		const said = [
			terms ? escape(this.covers(row)) : "",
			row.customer && row.event !== "Started" ? escape(row.customer) : "",
			escape(row.reason || ""),
			source,
		].filter(Boolean);
		const who = [frappe.user.full_name(row.recorded_by), frappe.datetime.str_to_user(row.recorded_at)];
		return `<div class="border-bottom pb-2 mb-2">
			<div><b>${this.day(row.effective_on)}</b>
				<span class="indicator-pill ${this.event_colours[row.event]} text-nowrap">${escape(event)}</span>
				<span class="text-muted small">${escape(who.join(" · "))}</span></div>
			<div>${said.join("<br>")}</div>
		</div>`;
	},
});
