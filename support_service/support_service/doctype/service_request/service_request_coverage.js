// Who pays for a case: its standing decisions or a preview, and the buttons to judge, ask, answer and charge.
frappe.provide("support_service.case_coverage");

Object.assign(support_service.case_coverage, {
	api: "support_service.service_charging.api",

	async show(frm) {
		const wrapper = frm.fields_dict.coverage_html.$wrapper.empty();
		if (frm.is_new()) return;
		const request = frm.doc.name;
		const found = await support_service.asked_by_form(frm, `${this.api}.of_case`, { request });
		if (!found) return;
		const view = support_service.coverage_view;
		const body = found.decisions.length
			? found.decisions.map((doc) => view.decision(doc)).join("")
			: view.summary(found.preview);
		const empty = `<p class="text-muted">${__("Choose the installed unit to see who pays.")}</p>`;
		wrapper.html((body || empty) + this.claims(found.claims));
		this.add_buttons(frm, found);
		if (found.may.costs && found.decisions.length) this.show_earnings(frm, wrapper);
	},

	// what the case cost us and what it brings, for those who may know
	async show_earnings(frm, wrapper) {
		const request = frm.doc.name;
		const found = await support_service.asked_by_form(frm, `${this.api}.earnings`, { request });
		if (!(found?.cost || found?.charged || found?.billed)) return;
		const text = support_service.coverage_view.text;
		const money = (value) =>
			value === null ? __("not known") : text(format_currency(value, found.currency));
		const rows = [
			[__("Cost of Parts"), found.parts],
			[__("Cost of Labour"), found.labour],
			[__("Cost of Travel"), found.travel],
			[__("Charged"), found.charged],
			[__("Billed"), found.billed],
			...(found.credited ? [[__("Credited", null, "Sales Invoice"), found.credited]] : []),
			[__("Still to Be Billed"), found.open],
		];
		const percent = found.percent === null ? "" : ` (${text(found.percent)} %)`;
		const lines = rows.map(
			([label, value]) => `<tr><td>${text(label)}</td><td class="text-right">${money(value)}</td></tr>`
		);
		const note = found.is_whole
			? ""
			: `<p class="text-muted small">${__(
					"What an hour costs is not known: set the activities under Timesheets in Support Service Settings, and their costing rates."
				)}</p>`;
		wrapper.append(
			`<div class="service-earnings"><h5>${__("Cost and Margin")}</h5><table class="table table-sm small"><tbody>
			${lines.join("")}<tr><th>${__("Margin")}</th><th class="text-right">${money(found.margin)}${percent}</th></tr>
			</tbody></table>${note}</div>`
		);
	},

	claims(claims) {
		const view = support_service.coverage_view;
		return claims
			.map(
				(claim) =>
					`<p>${__("At the supplier's cost: {0} on {1}", [
						view.link("Supplier Claim", claim.name),
						view.text(claim.supplier),
					])} · ${view.text(__(claim.status, null, "Supplier Claim"))}</p>`
			)
			.join("");
	},

	add_buttons(frm, { decisions, may }) {
		const over = ["Closed", "Cancelled"].includes(frm.doc.status);
		const group = __("Who Pays");
		if (may.decide && !over) {
			frm.add_custom_button(__("Decide Expected Work"), () => this.expect(frm), group);
		}
		if (may.decide && !over && frm.doc.customer) {
			frm.add_custom_button(__("Sell Parts"), () => this.sell(frm), group);
		}
		support_service.decision_actions.add(frm, decisions[0], may, () => frm.reload_doc(), group);
		const open = decisions.filter((doc) => doc.stage === "Work Done" && doc.charge.offered > 0);
		if (may.charge && open.length > 1) {
			frm.add_custom_button(
				__("Sales Invoice of All Visits"),
				() => this.invoice_all(frm, decisions),
				group
			);
		}
		if (may.override && frappe.model.can_create("Supplier Claim")) {
			frm.add_custom_button(
				__("Claim on Supplier"),
				async () => {
					const values = await frappe.xcall("support_service.service_charging.api.claim_defaults", {
						request: frm.doc.name,
					});
					frappe.new_doc("Supplier Claim", values);
				},
				group
			);
		}
	},

	async invoice_all(frm, decisions) {
		const done = decisions.filter((doc) => doc.stage === "Work Done");
		const name = await frappe.xcall(`${this.api}.make_joint_invoice`, {
			decisions: done.map((doc) => doc.name),
		});
		frappe.show_alert({ message: __("{0} is made as a draft.", [name]), indicator: "green" });
		frm.reload_doc();
	},

	sell(frm) {
		const column = (fieldname, fieldtype, label, more) => ({
			fieldname,
			fieldtype,
			label,
			in_list_view: 1,
			...more,
		});
		const dialog = new frappe.ui.Dialog({
			title: __("Sell Parts"),
			size: "large",
			fields: [
				{
					fieldname: "parts",
					fieldtype: "Table",
					cannot_add_rows: false,
					in_place_edit: true,
					reqd: 1,
					data: [],
					fields: [
						column("item_code", "Link", __("Item"), { options: "Item", columns: 5 }),
						column("qty", "Float", __("Quantity"), { default: 1 }),
						column("rate", "Float", __("Price, if not that of the list"), { columns: 3 }),
					],
				},
			],
			primary_action_label: __("Offer"),
			primary_action: async ({ parts }) => {
				await frappe.xcall(`${this.api}.sell_parts`, {
					request: frm.doc.name,
					lines: parts
						.filter((row) => row.item_code)
						.map(({ item_code, qty, rate }) => ({ item_code, qty: qty || 1, rate })),
				});
				dialog.hide();
				frm.reload_doc();
			},
		});
		dialog.show();
	},

	async expect(frm) {
		const causes = await frappe.xcall(`${this.api}.causes`, { request: frm.doc.name });
		const dialog = new frappe.ui.Dialog({
			title: __("Decide Expected Work"),
			size: "large",
			fields: [
				{
					fieldname: "hours",
					fieldtype: "Float",
					label: __("Hours of Labour"),
					default: 1,
				},
				{ fieldtype: "Column Break" },
				{ fieldname: "trips", fieldtype: "Int", label: __("Visits on Site"), default: 1 },
				{ fieldtype: "Section Break", label: __("Parts") },
				{
					fieldname: "parts",
					fieldtype: "Table",
					cannot_add_rows: false,
					in_place_edit: true,
					data: [],
					fields: [
						{
							fieldname: "item_code",
							fieldtype: "Link",
							options: "Item",
							label: __("Item"),
							in_list_view: 1,
							columns: 4,
						},
						{
							fieldname: "qty",
							fieldtype: "Float",
							label: __("Quantity"),
							in_list_view: 1,
							default: 1,
						},
						{
							fieldname: "replaces",
							fieldtype: "Data",
							label: __("Serial Number Taken out"),
							in_list_view: 1,
							columns: 3,
						},
					],
				},
				{ fieldtype: "Section Break", label: __("Cause"), hidden: causes.length ? 0 : 1 },
				{
					fieldname: "cause",
					fieldtype: "Select",
					label: __("Excluded Cause"),
					options: ["", ...causes].map((value) => ({ value, label: __(value) })),
				},
				{
					fieldname: "reason",
					fieldtype: "Small Text",
					label: __("What Shows It"),
					depends_on: "cause",
					mandatory_depends_on: "cause",
				},
			],
			primary_action_label: __("Decide"),
			primary_action: async (values) => {
				await frappe.xcall(`${this.api}.decide_before_work`, {
					request: frm.doc.name,
					lines: this.lines(values),
					cause: values.cause,
					reason: values.reason,
				});
				dialog.hide();
				frm.reload_doc();
			},
		});
		dialog.show();
	},

	lines({ hours, trips, parts }) {
		const work = [];
		if (hours > 0) work.push({ kind: "Labour", qty: hours });
		if (trips > 0) work.push({ kind: "Travel", qty: trips });
		for (const { item_code, qty, replaces } of parts || []) {
			if (item_code) work.push({ kind: "Part", item_code, qty: qty || 1, replaces });
		}
		return work;
	},
});
