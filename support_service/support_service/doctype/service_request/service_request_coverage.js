// Who pays for a case: its standing decisions or a preview, and the buttons to judge, ask, answer and charge.
frappe.provide("support_service.case_coverage");

Object.assign(support_service.case_coverage, {
	api: "support_service.service_charging.api",

	async show(frm) {
		const wrapper = frm.fields_dict.coverage_html.$wrapper.empty();
		if (frm.is_new()) return;
		const name = frm.doc.name;
		const found = await frappe.xcall(`${this.api}.of_case`, { request: name });
		// the answer may arrive after the user went on to another case
		if (frm.doc.name !== name) return;
		const view = support_service.coverage_view;
		const body = found.decisions.length
			? found.decisions.map((doc) => view.decision(doc)).join("")
			: view.summary(found.preview);
		const empty = `<p class="text-muted">${__("Choose the installed unit to see who pays.")}</p>`;
		wrapper.html((body || empty) + this.claims(found.claims));
		this.add_buttons(frm, found);
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
			frm.add_custom_button(__("Judge Expected Work"), () => this.expect(frm), group);
		}
		support_service.decision_actions.add(frm, decisions[0], may, () => frm.reload_doc(), group);
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

	async expect(frm) {
		const causes = await frappe.xcall(`${this.api}.causes`, { request: frm.doc.name });
		const dialog = new frappe.ui.Dialog({
			title: __("Judge Expected Work"),
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
			primary_action_label: __("Judge"),
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
