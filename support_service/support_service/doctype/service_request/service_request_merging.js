// Two requests that are one: merging with a look at what it does before, the way to the one that goes on, and the undoing.
frappe.provide("support_service.case_merging");

Object.assign(support_service.case_merging, {
	api: "support_service.support_service.merging.api",
	roles: ["Service Desk Agent", "After-Sales Lead", "Service Manager"],

	may(frm) {
		return frappe.user.has_role(this.roles) && frm.perm[0]?.write;
	},

	async show(frm) {
		const open = support_service.not_over.includes(frm.doc.status) && frm.doc.status !== "Resolved";
		if (open && this.may(frm)) {
			frm.add_custom_button(__("Merge into Another Request"), () => this.ask(frm), __("Next Step"));
		}
		if (!frm.doc.merged_into && this.may(frm)) {
			frm.add_custom_button(
				__("Split Messages into a New Request"),
				() => this.ask_split(frm),
				__("Next Step")
			);
		}
		if (!frm.doc.merged_into && !frm.doc.merges) return;
		if (frm.doc.merged_into) this.show_pointer(frm);
		const state = await support_service.asked_by_form(frm, `${this.api}.state_of`, {
			request: frm.doc.name,
		});
		if (state) this.show_merges(frm, state);
	},

	show_pointer(frm) {
		const into = frm.doc.merged_into;
		frm.page.set_indicator(__("Merged"), "pink");
		frm.set_intro("");
		frm.set_intro(
			__("This request goes on as {0}. Its messages, visits and promises are there.", [
				frappe.utils.get_form_link(frm.doctype, into, true, frappe.utils.escape_html(into)),
			]),
			"orange"
		);
	},

	show_merges(frm, state) {
		const escape = frappe.utils.escape_html;
		if (frm.doc.merged_into) {
			const [merge] = state.merged;
			if (merge?.may_undo) {
				frm.add_custom_button(__("Undo Merge"), () => this.undo(frm, merge.merged_request));
			}
			return;
		}
		const rows = state.merged.map((row) => {
			const link = frappe.utils.get_form_link(frm.doctype, row.merged_request, true);
			const undo = row.may_undo
				? `<button class="btn btn-xs btn-default ml-2" data-undo="${escape(row.merged_request)}">${__("Undo Merge")}</button>`
				: row.why_not
					? `<span class="text-muted ml-2" title="${escape(row.why_not)}">${__("cannot be undone")}</span>`
					: "";
			return `<div class="mb-1">${link} ${escape(row.subject || "")}
				<span class="text-muted small">${escape(row.by)} · ${frappe.datetime.str_to_user(row.merged_at)}
				${escape(row.reason || "")}</span>${undo}</div>`;
		});
		if (!rows.length) return;
		const section = frm.dashboard.add_section(rows.join(""), __("Merged into This Request"));
		frm.dashboard.show();
		section.find("[data-undo]").on("click", (event) => this.undo(frm, event.target.dataset.undo));
	},

	undo(frm, request) {
		frappe.confirm(
			__(
				"{0} gets back what came with it, and what was written to its number since. It is open again. Undo the merge?",
				[frappe.utils.escape_html(request)]
			),
			async () => {
				await frappe.xcall(`${this.api}.undo_merge`, { request });
				frappe.show_alert({
					message: __("{0} goes its own way again.", [request]),
					indicator: "green",
				});
				await frm.reload_doc();
			}
		);
	},

	async ask(frm) {
		if (frm.is_dirty()) await frm.save();
		const dialog = new frappe.ui.Dialog({
			title: __("Merge {0} into Another Request", [frm.doc.name]),
			fields: [
				{
					fieldname: "into",
					fieldtype: "Link",
					options: "Service Request",
					label: __("Goes On As"),
					reqd: 1,
					get_query: () => ({
						filters: {
							name: ["!=", frm.doc.name],
							...(frm.doc.customer ? { customer: frm.doc.customer } : {}),
							status: ["in", support_service.not_over.filter((one) => one !== "Resolved")],
						},
					}),
					change: () => this.preview(dialog, frm.doc.name),
				},
				{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason") },
				{ fieldname: "preview", fieldtype: "HTML" },
			],
			primary_action_label: __("Merge"),
			primary_action: async ({ into, reason }) => {
				dialog.disable_primary_action();
				try {
					const done = await frappe.xcall(`${this.api}.merge`, {
						request: frm.doc.name,
						into,
						reason,
					});
					dialog.hide();
					frappe.show_alert({
						message: __("{0} goes on as {1}.", [frm.doc.name, done.request]),
						indicator: "green",
					});
					frappe.set_route("Form", frm.doctype, done.request);
				} finally {
					dialog.enable_primary_action();
				}
			},
		});
		dialog.disable_primary_action();
		dialog.show();
	},

	async preview(dialog, request) {
		const into = dialog.get_value("into");
		const area = dialog.fields_dict.preview.$wrapper;
		dialog.disable_primary_action();
		area.empty();
		if (!into) return;
		const found = await frappe.xcall(`${this.api}.preview_merge`, { request, into });
		if (dialog.get_value("into") !== into) return; // another one was chosen meanwhile
		area.html(this.preview_html(found));
		if (!found.why_not.length) dialog.enable_primary_action();
	},

	preview_html(found) {
		const escape = frappe.utils.escape_html;
		const list = (rows, colour) =>
			rows.map((row) => `<li class="${colour}">${escape(row)}</li>`).join("");
		if (found.why_not.length) return `<ul class="pl-4">${list(found.why_not, "text-danger")}</ul>`;
		const moves = found.moves.map((row) => `${row.count} × ${row.label}`);
		const promises = found.promises.map((row) => {
			const due = row.due_at ? frappe.datetime.str_to_user(row.due_at) : row.state;
			return `${row.kind}: ${due}`;
		});
		return `<p><b>${escape(found.into.name)}</b> ${escape(found.into.subject)}
				<span class="text-muted">${escape(found.into.customer_name || "")}</span></p>
			<ul class="pl-4">${list(found.worth_a_look, "text-warning")}
				<li>${__("Goes along: {0}", [escape(moves.join(", ") || __("nothing"))])}</li>
				<li>${__("Promises that go on as they were given: {0}", [escape(promises.join(", ") || __("none"))])}</li>
				<li>${__("{0} is cancelled and leads to {1}: by number, link, answer to a mail, on the portal.", [
					escape(found.merged.name),
					escape(found.into.name),
				])}</li>
				<li>${__("It can be undone for a day.")}</li></ul>`;
	},

	async ask_split(frm) {
		if (frm.is_dirty()) await frm.save();
		const messages = await frappe.xcall(`${this.api}.messages_to_split`, { request: frm.doc.name });
		if (!messages.length) {
			frappe.msgprint(__("There are no messages on this request."));
			return;
		}
		const label = (row) =>
			[
				frappe.datetime.str_to_user(row.communication_date),
				row.sender_full_name || row.sender,
				row.subject,
			]
				.filter(Boolean)
				.join(" · ");
		const dialog = new frappe.ui.Dialog({
			title: __("Split Messages into a New Request"),
			fields: [
				{
					fieldname: "messages",
					fieldtype: "MultiCheck",
					label: __("Messages That Are about Something Else"),
					columns: 1,
					options: messages.map((row) => ({ value: row.name, label: label(row) })),
				},
				{ fieldname: "subject", fieldtype: "Data", label: __("Subject"), reqd: 1 },
				{
					fieldname: "unit",
					fieldtype: "Link",
					options: "Installed Unit",
					label: __("Installed Unit"),
					get_query: () => ({ filters: frm.doc.customer ? { customer: frm.doc.customer } : {} }),
				},
				{
					fieldname: "said",
					fieldtype: "HTML",
					options: `<p class="text-muted small">${__(
						"The new request has promises of its own, from the moment the first of these messages was written. To undo it, merge the new one into this."
					)}</p>`,
				},
			],
			primary_action_label: __("Split"),
			primary_action: async (values) => {
				const chosen = dialog.fields_dict.messages.get_checked_options();
				if (!chosen.length) {
					frappe.msgprint(__("Choose the messages that are about something else."));
					return;
				}
				dialog.disable_primary_action();
				try {
					const made = await frappe.xcall(`${this.api}.split`, {
						request: frm.doc.name,
						messages: chosen,
						subject: values.subject,
						unit: values.unit,
					});
					dialog.hide();
					frappe.set_route("Form", frm.doctype, made.name);
				} finally {
					dialog.enable_primary_action();
				}
			},
		});
		dialog.show();
	},
});
