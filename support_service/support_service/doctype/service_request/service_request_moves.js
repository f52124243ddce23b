// The next steps of a case: buttons, what they ask for, and the ledger of steps taken. The server decides what is
// allowed; this file only shows it.
frappe.provide("support_service.case_moves");

Object.assign(support_service.case_moves, {
	api: "support_service.support_service.api",

	show_indicator(frm) {
		if (frm.is_new()) return;
		if (frm.doc.customer_answered_on) {
			frm.page.set_indicator(__("Customer Has Answered"), "orange");
			return;
		}
		const colour = support_service.colours.case_status[frm.doc.status] || "gray";
		frm.page.set_indicator(__(frm.doc.status, null, frm.doctype), colour);
	},

	// One sentence above the form: what happens next, and who has the ball.
	show_intro(frm) {
		frm.set_intro("");
		if (frm.is_new()) return;
		const doc = frm.doc;
		const engineer = doc.engineer_name || doc.engineer;
		const sentences = {
			New: doc.pick_requested_by
				? [
						__("An engineer asks to take this request. Assign it, or decline with a reason."),
						"orange",
					]
				: doc.customer
					? [__("Next: the After-Sales Lead assigns an engineer."), "blue"]
					: [
							__(
								"The caller is not known yet. Choose the customer before an engineer is assigned."
							),
							"orange",
						],
			Assigned: [__("Next: {0} starts work, or plans a visit.", [engineer]), "blue"],
			"In Progress": [
				__("{0} is working on it. When it is solved, fill in the result and resolve it.", [engineer]),
				"blue",
			],
			"Waiting for Customer": doc.customer_answered_on
				? [__("The customer has answered and the clocks go on. Resume work."), "orange"]
				: [__("Waiting for the customer. Resume work when they have answered."), "yellow"],
			"Waiting for Parts": [__("Waiting for parts. Resume work when they are here."), "yellow"],
			"Waiting for Vendor": [
				__("Waiting for the vendor. Resume work when they have answered."),
				"yellow",
			],
			Resolved: [
				__(
					"The customer is asked whether they are satisfied. Yes closes the request, no reopens it."
				),
				"blue",
			],
			Closed: [__("Closed and archived. Only the After-Sales Lead can still amend it."), "green"],
		};
		const sentence = sentences[doc.status];
		if (!sentence) return;
		const [text, colour] = doc.imported
			? [__("Taken in as history. No promises, messages or surveys belong to it."), "blue"]
			: sentence;
		const reopened = doc.reopen_count ? ` ${__("Reopened {0} times.", [doc.reopen_count])}` : "";
		frm.set_intro(frappe.utils.escape_html(text + reopened), colour);
	},

	async add_buttons(frm) {
		const request = frm.doc.name;
		const steps = await support_service.asked_by_form(frm, `${this.api}.allowed_moves`, { request });
		if (!steps) return;
		for (const step of steps) this.add_button(frm, step);
		const next = steps.filter((step) => step.primary);
		support_service.next_on_phone(
			frm,
			next.map((step) => ({ label: step.label, start: () => this.start(frm, step) }))
		);
	},

	add_button(frm, step) {
		const group = step.primary ? null : __("Next Step");
		const button = frm.add_custom_button(step.label, () => this.start(frm, step), group);
		if (!button) return; // it is there already: the form was refreshed twice
		if (step.primary) button.removeClass("btn-default").addClass("btn-primary");
		if (step.danger) button.addClass("text-danger");
	},

	async start(frm, step) {
		if (frm.is_dirty()) await frm.save();
		const fields = await this.fields_of(frm, step);
		if (!fields.length) return this.confirm(frm, step);
		const dialog = new frappe.ui.Dialog({
			title: step.label,
			size: step.needs.length ? "large" : undefined,
			fields,
			primary_action_label: step.label,
			primary_action: async (values) => {
				dialog.disable_primary_action();
				try {
					await this.make(frm, step, values);
					dialog.hide();
				} finally {
					dialog.enable_primary_action();
				}
			},
		});
		dialog.show();
	},

	confirm(frm, step) {
		if (!step.danger) return this.make(frm, step, {});
		frappe.confirm(__("{0}: are you sure?", [step.label]), () => this.make(frm, step, {}));
	},

	async make(frm, step, { reason, engineer, ...values }) {
		const done = await frappe.xcall(`${this.api}.move`, {
			request: frm.doc.name,
			action: step.action,
			reason,
			engineer,
			values,
		});
		// a step that leaves the state as it is says its own name
		const state = step.to_status ? __(done.status, null, frm.doctype) : step.label;
		frappe.show_alert({ message: __("{0}: {1}", [done.name, state]), indicator: "green" });
		await frm.reload_doc();
	},

	// Exactly what the step still lacks.
	async fields_of(frm, step) {
		const fields = [];
		if (step.needs_engineer) fields.push(...(await this.engineer_fields(frm)));
		for (const fieldname of step.needs) {
			const df = frappe.meta.get_docfield("Service Request", fieldname);
			fields.push({
				fieldname,
				label: __(df.label, null, frm.doctype),
				fieldtype: df.fieldtype,
				options: df.options,
				default: frm.doc[fieldname],
				reqd: 1,
			});
		}
		if (step.action === "resolve" && !frm.doc.prevention) {
			fields.push({ fieldname: "prevention", label: __("Prevention"), fieldtype: "Text Editor" });
		}
		if (step.action === "restore") {
			fields.push({
				fieldname: "business_restored_on",
				label: __("Business Restored On"),
				fieldtype: "Datetime",
				default: frappe.datetime.now_datetime(),
				reqd: 1,
			});
		}
		if (step.needs_reason) {
			const read = step.action === "wait_for_customer";
			fields.push({
				fieldname: "reason",
				label: read ? __("What do you need from the customer?") : __("Reason"),
				description: read ? __("The customer reads this, in these words.") : "",
				fieldtype: "Small Text",
				reqd: 1,
			});
		}
		return fields;
	},

	// In the order of the form; prevention is asked beside them (R14) but not required.
	result_fields(frm, step) {
		const wanted = step.action === "resolve" ? [...step.needs, "prevention"] : step.needs;
		return frappe
			.get_meta("Service Request")
			.fields.filter((df) => wanted.includes(df.fieldname))
			.map(({ fieldname, label, fieldtype, options }) => ({
				fieldname,
				label: __(label, null, "Service Request"),
				fieldtype,
				options,
				default: frm.doc[fieldname],
				reqd: step.needs.includes(fieldname) ? 1 : 0,
			}));
	},

	// A list to choose from rather than a link field: the lead sees at a glance who is free.
	async engineer_fields(frm) {
		const engineers = await frappe.xcall("support_service.field_service.api.engineers_for", {
			request: frm.doc.name,
		});
		const options = engineers.map((engineer) => ({
			value: engineer.name,
			label: engineer.engineer_name,
			description: [
				engineer.dedicated && __("dedicated by contract"),
				engineer.team,
				__("Open cases: {0}", [engineer.open_cases]),
				__("Planned visits: {0}", [engineer.planned_visits]),
			]
				.filter(Boolean)
				.join(" · "),
		}));
		const wish = frm.doc.pick_requested_by;
		return [
			{
				fieldname: "engineer",
				label: __("Engineer"),
				fieldtype: "Autocomplete",
				options,
				default: wish || (frm.doc.engineer ? undefined : engineers[0]?.name),
				reqd: 1,
			},
			{ fieldname: "workload", fieldtype: "HTML", options: this.workload(engineers, wish) },
		];
	},

	workload(engineers, wish) {
		const escape = frappe.utils.escape_html;
		const rows = engineers.slice(0, 12).map(
			(engineer) => `<tr class="${engineer.own_team || engineer.dedicated ? "" : "text-muted"}">
				<td>${escape(engineer.engineer_name)}${
					engineer.name === wish
						? ` <span class="indicator-pill orange">${__("asks to take it")}</span>`
						: ""
				}${
					engineer.dedicated
						? ` <span class="indicator-pill green">${__("dedicated by contract")}</span>`
						: ""
				}</td>
				<td>${escape(engineer.team)}</td>
				<td class="text-right">${engineer.open_cases}</td>
				<td class="text-right">${engineer.planned_visits}</td>
			</tr>`
		);
		return `<table class="table table-sm small">
			<thead><tr><th>${__("Engineer")}</th><th>${__("Team")}</th>
				<th class="text-right">${__("Open Cases")}</th><th class="text-right">${__("Planned Visits")}</th></tr></thead>
			<tbody>${rows.join("")}</tbody></table>`;
	},

	async show_movements(frm) {
		const request = frm.doc.name;
		const rows = await support_service.asked_by_form(frm, `${this.api}.movements`, { request });
		const field = frm.fields_dict.moves_html;
		if (!rows || !field) return;
		support_service.case_address.show_untold(frm, rows);
		field.$wrapper.html(
			`<div class="new-timeline"><div class="timeline-items">${rows
				.reverse()
				.map((row) => this.movement(row, request))
				.join("")}</div></div>`
		);
	},

	movement(row, cur_request) {
		const escape = frappe.utils.escape_html;
		const reason = row.reason
			? `<div class="text-muted mt-1" style="white-space: pre-wrap">${escape(row.reason)}</div>`
			: "";
		return `<div class="timeline-item">
			<div class="timeline-dot"></div>
			<div class="timeline-content">
				<b>${escape(row.label)}</b> ${
					row.request !== cur_request
						? `<span class="text-muted">${escape(row.request)}</span>`
						: ""
				} ${support_service.colours.pill("case_status", row.to_status)}
				<div class="small text-muted">${escape(row.full_name)} · ${frappe.datetime.str_to_user(
					row.moved_at
				)} · ${frappe.datetime.comment_when(row.moved_at)}</div>
				${reason}
			</div>
		</div>`;
	},
});
