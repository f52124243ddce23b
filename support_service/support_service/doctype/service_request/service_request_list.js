// {% include "support_service/public/js/colours.js" %}
// {% include "support_service/public/js/promises.js" %}

frappe.listview_settings["Service Request"] = {
	add_fields: [
		"status",
		"priority",
		"engineer_name",
		"raised_on",
		"archived",
		"imported",
		"clock_state",
		"next_due_at",
		"next_due_kind",
		"customer_answered_on",
		"merged_into",
	],
	has_indicator_for_draft: true,
	hide_name_column: false,
	// open cases first: what is closed stays one click away in the filter
	filters: [["Service Request", "status", "in", support_service.not_over]],

	get_indicator(doc) {
		const colour = support_service.colours.case_status[doc.status] || "gray";
		if (doc.customer_answered_on) {
			return [__("Customer Has Answered"), "orange", "customer_answered_on,is,set"];
		}
		if (doc.merged_into) return [__("Merged"), "pink", "merged_into,is,set"];
		const status = __(doc.status, null, "Service Request");
		if (doc.imported) return [`${status} · ${__("Imported")}`, colour, "imported,=,1"];
		return [status, colour, `status,=,${doc.status}`];
	},

	formatters: {
		priority(value) {
			const colour = support_service.colours.priority[value] || "gray";
			return `<span class="indicator ${colour}">${frappe.utils.escape_html(__(value, null, "Service Request"))}</span>`;
		},
		raised_on(value) {
			return value ? frappe.datetime.comment_when(value) : "";
		},
		// time left of the next promise; wide screens have room for its name
		clock_state(value, _df, doc) {
			const title = support_service.promises.due_title(doc.next_due_kind, doc.next_due_at);
			return support_service.promises.pill(value, doc.next_due_at, title);
		},
		next_due_at(value, _df, doc) {
			const title = support_service.promises.due_title(doc.next_due_kind, value);
			const kind = value ? __(doc.next_due_kind) : "";
			return `<span title="${frappe.utils.escape_html(title)}">${frappe.utils.escape_html(kind)}</span>`;
		},
	},

	onload(listview) {
		if (frappe.user.has_role(["Service Desk Agent", "After-Sales Lead", "Service Manager"])) {
			listview.page.add_inner_button(__("Hotline"), () => frappe.set_route("hotline"));
			listview.page.add_inner_button(__("Quick Case Entry"), () => frappe.set_route("quick-entry"));
		}
		if (frappe.user.has_role(["Service Desk Agent", "After-Sales Lead", "Service Manager"])) {
			listview.page.add_action_item(__("Merge Duplicates"), () => merge_duplicates(listview));
		}
		const mine = { engineer_user: frappe.session.user, status: ["in", support_service.not_over] };
		listview.page.add_menu_item(__("My Open Cases"), () => {
			frappe.route_options = mine;
			frappe.set_route("List", "Service Request", "List");
		});
		listview.page.add_menu_item(__("Unassigned"), () => {
			frappe.route_options = { status: "New" };
			frappe.set_route("List", "Service Request", "List");
		});
		listview.page.add_menu_item(__("Due Next"), () =>
			support_service.promises.show_due(listview, "next_due_at", {
				clock_state: ["in", support_service.promises.cases_running],
			})
		);
		listview.page.add_menu_item(__("Overdue"), () =>
			support_service.promises.show_due(listview, "next_due_at", { clock_state: ["=", "Overdue"] })
		);
	},
};

// All ticked requests but one become part of that one: each whole or not at all, and each says what became of it.
function merge_duplicates(listview) {
	const ticked = listview.get_checked_items();
	if (ticked.length < 2) {
		frappe.msgprint(__("Tick the requests that are one: at least two."));
		return;
	}
	// the one that came first is the one that people know
	ticked.sort((one, other) => (one.raised_on < other.raised_on ? -1 : 1));
	const dialog = new frappe.ui.Dialog({
		title: __("Merge Duplicates"),
		fields: [
			{
				fieldname: "into",
				fieldtype: "Select",
				label: __("Goes On As"),
				options: ticked.map((row) => ({
					value: row.name,
					label: `${row.name} ${row.subject || ""}`,
				})),
				default: ticked[0].name,
				reqd: 1,
			},
			{ fieldname: "reason", fieldtype: "Small Text", label: __("Reason") },
		],
		primary_action_label: __("Merge"),
		primary_action: async ({ into, reason }) => {
			dialog.disable_primary_action();
			try {
				const names = ticked.map((row) => row.name).filter((name) => name !== into);
				const results = await frappe.xcall("support_service.support_service.merging.api.merge_many", {
					names,
					into,
					reason,
				});
				dialog.hide();
				const escape = frappe.utils.escape_html;
				frappe.msgprint({
					title: __("Merge Duplicates"),
					message: results
						.map((row) =>
							row.done
								? __("{0} goes on as {1}.", [escape(row.name), escape(into)])
								: `${escape(row.name)}: ${frappe.utils.xss_sanitise(row.said)}`
						)
						.join("<br>"),
				});
				listview.clear_checked_items();
				listview.refresh();
			} finally {
				dialog.enable_primary_action();
			}
		},
	});
	dialog.show();
}
