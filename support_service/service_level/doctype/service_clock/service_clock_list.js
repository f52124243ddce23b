// {% include "support_service/public/js/colours.js" %}
// {% include "support_service/public/js/promises.js" %}
// {% include "support_service/public/js/due_next.js" %}

// Due next: the promises that run, the earliest first.
frappe.listview_settings["Service Clock"] = {
	add_fields: ["state", "due_at", "kind", "request", "priority"],
	filters: [["Service Clock", "state", "in", support_service.promises.running]],

	// the indicator is what stays visible on a phone
	get_indicator(doc) {
		const { promises } = support_service;
		return [
			promises.time_left(doc.state, doc.due_at),
			promises.colour(doc.state, doc.due_at),
			`state,=,${doc.state}`,
		];
	},

	formatters: {
		kind(value) {
			return frappe.utils.escape_html(__(value));
		},
		// the column is narrow: day and time, the rest on hovering
		due_at(value) {
			if (!value) return "";
			const due = frappe.datetime.convert_to_user_tz(value, false);
			const brief = due.toDate().toLocaleString(frappe.boot.lang || "en", {
				month: "short",
				day: "numeric",
				hour: "2-digit",
				minute: "2-digit",
				hourCycle: "h23",
				timeZone: frappe.boot.time_zone?.user,
			});
			return `<span title="${frappe.datetime.str_to_user(value)}">${brief}</span>`;
		},
		priority(value) {
			const colour = support_service.colours.priority[value] || "gray";
			return `<span class="indicator ${colour}">${frappe.utils.escape_html(__(value, null, "Service Request"))}</span>`;
		},
	},

	button: {
		show: (doc) => doc.request,
		get_label: () => __("Open", null, "Service Clock"),
		get_description: (doc) => __("Open {0}", [doc.request]),
		action: (doc) => frappe.set_route("Form", "Service Request", doc.request),
	},

	onload(listview) {
		const { promises } = support_service;
		const user = frappe.session.user;
		const state = ["in", promises.running];
		listview.page.add_menu_item(__("Mine"), () =>
			promises.show_due(listview, "due_at", { state, engineer_user: ["=", user] })
		);
		listview.page.add_menu_item(__("My Team's"), async () => {
			const [led, own] = await Promise.all([
				frappe.db.get_list("Service Team", { filters: { lead: user, disabled: 0 }, pluck: "name" }),
				frappe.db.get_list("Service Engineer", { filters: { user, active: 1 }, pluck: "team" }),
			]);
			promises.show_due(listview, "due_at", { state, team: ["in", [...led, ...own]] });
		});
		listview.page.add_menu_item(__("Everybody's"), () =>
			promises.show_due(listview, "due_at", { state })
		);
	},

	// clocks move with their requests, which is what realtime events are about
	refresh(listview) {
		frappe.realtime.doctype_subscribe("Service Request");
		frappe.realtime.off("list_update", listview.follow_requests);
		listview.follow_requests ||= frappe.utils.debounce((change) => {
			if (change.doctype === "Service Request" && window.cur_list === listview) listview.refresh();
		}, 2000);
		frappe.realtime.on("list_update", listview.follow_requests);
	},
};
