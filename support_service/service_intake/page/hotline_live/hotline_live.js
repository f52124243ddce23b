// {% include "support_service/public/js/colours.js" %}
// {% include "support_service/public/js/call_back_actions.js" %}

frappe.provide("support_service");

frappe.pages["hotline-live"].on_page_load = function (wrapper) {
	const page = frappe.ui.make_app_page({
		parent: wrapper,
		title: __("Hotline Live"),
		single_column: true,
	});
	wrapper.live = new support_service.HotlineLive(page);
};

frappe.pages["hotline-live"].on_page_show = function (wrapper) {
	wrapper.live?.look();
};

// Who talks, who waits, what nobody took, whom we have to call back. Asked anew when Frappe's realtime says that a call has
// changed, and every few seconds, as a lost connection must not show a quiet hotline.
support_service.HotlineLive = class HotlineLive {
	constructor(page) {
		this.page = page;
		this.actions = support_service.call_back_actions;
		this.last_look = 0;
		this.body = $('<div class="hotline-live" aria-live="polite"></div>').appendTo(
			page.main.addClass("border-0")
		);
		page.set_secondary_action(
			__("Call-Backs"),
			() => frappe.set_route("List", "Service Call Back"),
			"call"
		);
		this.body.on("click", "[data-assign]", (event) =>
			this.actions.assign($(event.currentTarget).data("assign"), () => this.look())
		);
		this.body.on("click", "[data-close]", (event) =>
			this.actions.close($(event.currentTarget).data("close"), () => this.look())
		);
		const look = frappe.utils.debounce(() => this.look(), 500);
		frappe.realtime.on("support_service_call", look);
		frappe.realtime.on("connect", look);
		setInterval(() => this.look(), 15000);
	}

	async look() {
		if (!this.body.is(":visible") || document.hidden) return;
		const number = ++this.last_look;
		const found = await frappe.xcall("support_service.service_intake.calls.api.live_view");
		// a slow answer must not replace a newer one
		if (number === this.last_look) this.show(found);
	}

	show(found) {
		this.names = found.names;
		this.body.html(`
			${this.duty(found.closed_teams)}
			<div class="hotline-live-columns">
				${this.panel(__("Talking", null, "Service Call"), found.talking, (row) => this.call(row, row.talked_on), __("Nobody is talking."))}
				${this.panel(__("Waiting", null, "Service Call"), found.waiting, (row) => this.call(row, row.started_on), __("Nobody is waiting."))}
				${this.panel(
					__("Unanswered Today"),
					found.unanswered,
					(row) => this.call(row, row.started_on),
					__("Every call was answered.")
				)}
			</div>
			${this.panel(
				__("Call-Backs"),
				found.call_backs,
				(row) => this.call_back(row, found.moment),
				__("Nobody waits to be called back.")
			)}`);
	}

	panel(title, rows, render, empty) {
		const body = rows.length ? rows.map(render).join("") : `<p class="text-muted">${empty}</p>`;
		return `<section class="hotline-live-panel"><h5>${title} <span class="badge">${rows.length}</span></h5>${body}</section>`;
	}

	call(row, since) {
		const nobody = { Waiting: __("nobody has taken it"), Talking: __("not known who") }[row.state] || "";
		const who = row.agent ? this.text(this.names[row.agent] || row.agent) : nobody;
		const about = row.service_request ? this.link("Service Request", row.service_request) : "";
		return `<div class="hotline-live-row">
			<div>${this.link("Service Call", row.name, row.number || __("unknown number"))}
				<small>${this.text(row.customer || "")}</small></div>
			<div><span>${who}</span><small>${frappe.datetime.comment_when(since || row.started_on)} ${about}</small></div>
		</div>`;
	}

	call_back(row, moment) {
		const late = row.due_by && row.due_by < moment;
		const due = row.due_by ? frappe.datetime.str_to_user(row.due_by) : "";
		const who = row.assigned_to
			? this.text(this.names[row.assigned_to] || row.assigned_to)
			: __("not assigned");
		return `<div class="hotline-live-row">
			<div>${this.link("Service Call Back", row.name, row.number)}
				<small>${this.text([row.caller_name, row.customer].filter(Boolean).join(" · "))}</small>
				<small>${__("{0} unanswered calls, {1} tries to reach them", [row.calls, row.tries])}</small></div>
			<div><span class="${late ? "text-danger" : ""}">${__("due by {0}", [due])}</span><small>${who}</small></div>
			<div class="hotline-live-buttons">
				<button class="btn btn-sm btn-default" data-assign="${this.text(row.name)}">${__("Assign")}</button>
				<button class="btn btn-sm btn-default" data-close="${this.text(row.name)}">${__("Called Back")}</button>
			</div>
		</div>`;
	}

	duty(teams) {
		return teams
			.map((team) => {
				const people = team.engineers.map((row) =>
					[row.engineer_name, row.phone].filter(Boolean).join(" ")
				);
				const who = people.length
					? __("on duty: {0}", [this.text(people.join(", "))])
					: __("nobody is on duty");
				return `<p class="hotline-live-duty">${__("{0} is outside office hours", [
					`<b>${this.text(team.team)}</b>`,
				])} – ${who}</p>`;
			})
			.join("");
	}

	link(doctype, name, label) {
		return `<a href="${frappe.utils.get_form_link(doctype, name)}">${this.text(label || name)}</a>`;
	}

	text(value) {
		return frappe.utils.escape_html(String(value ?? ""));
	}
};
