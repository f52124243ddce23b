// The promises of a case: a pill beside its status with the time left of the next one, and a tab with all of them,
// why each is due when it is, what happened to it, and how a lead corrects it.
frappe.provide("support_service.case_promises");

Object.assign(support_service.case_promises, {
	changed: "service_clocks_changed",
	columns: ["clock_state", "next_due_at", "next_due_kind"],
	look_ms: 60 * 1000,
	unfinished: [...support_service.promises.running, "Paused"],

	async show(frm) {
		const name = frm.doc.name;
		// the same case is drawn anew without flicker; another one must not show this one's promises
		if (this.seen?.name !== name) this.clear(frm);
		if (frm.is_new()) return;
		this.follow();
		const [columns, rows] = await Promise.all([
			this.columns_of(name),
			frappe.xcall(`${support_service.promises.api}.promises_of`, { request: name }),
		]);
		// the answer may arrive after the user went on to another case
		if (frm.doc.name !== name) return;
		this.seen = { name, at: Date.now(), columns };
		this.clear(frm);
		this.show_pill(frm, rows);
		this.show_rows(frm, rows);
	},

	clear(frm) {
		frm.page.wrapper.find(".service-promise-pill").remove();
		frm.fields_dict.promises_html.$wrapper.empty();
	},

	// Time alone changes a promise, without anybody saving the case: the sweep notifies open forms. Where no realtime
	// server runs or its message was lost, one small look a minute finds out.
	follow() {
		if (this.following) return;
		this.following = true;
		frappe.realtime.on(this.changed, ({ request }) => this.refresh_open(request));
		$(document).on("service-promises-tick", () => this.look());
	},

	async columns_of(name) {
		const { message } = await frappe.db.get_value("Service Request", name, this.columns);
		return JSON.stringify(message);
	},

	async look() {
		const frm = this.open_form();
		if (!frm || document.hidden || this.seen?.name !== frm.doc.name) return;
		if (Date.now() - this.seen.at < this.look_ms) return;
		this.seen.at = Date.now();
		const columns = await this.columns_of(frm.doc.name);
		if (columns !== this.seen.columns) this.refresh_open(frm.doc.name);
	},

	open_form() {
		const [view, doctype, name] = frappe.get_route();
		if (view !== "Form" || doctype !== "Service Request") return null;
		return window.cur_frm?.doc.name === name ? window.cur_frm : null;
	},

	refresh_open(request) {
		const frm = this.open_form();
		if (frm && frm.doc.name === request && !frm.is_new()) this.show(frm);
	},

	// The promise that needs somebody first; without one, the worst that became of any.
	next_of(rows) {
		const open = rows.filter((row) => this.unfinished.includes(row.state));
		const due = open.filter((row) => row.due_at).sort((a, b) => (a.due_at < b.due_at ? -1 : 1));
		return due[0] || open[0] || rows.find((row) => row.state === "Missed") || rows[0];
	},

	show_pill(frm, rows) {
		const next = this.next_of(rows);
		if (!next) return;
		const title = support_service.promises.due_title(next.kind, next.due_at) || next.label;
		const pill = support_service.promises.pill(next.state, next.due_at, title);
		const $pill = $(`<button type="button" class="btn btn-link p-0 ml-2 text-nowrap">${pill}</button>`);
		$pill.addClass("service-promise-pill hidden-xs hidden-sm");
		$pill.on("click", () => frm.fields_dict.promises_html.tab.set_active());
		frm.page.indicator.after($pill);
		// a long title gives way to what stands beside it; a phone has room on the tab only
		frm.page.wrapper.find(".title-area, .title-area > div").css("min-width", frappe.is_mobile() ? "" : 0);
		const $tab = frm.fields_dict.promises_html.tab.tab_link.find(".nav-link");
		$tab.append(`<span class="service-promise-pill hidden-lg ml-1">${pill}</span>`);
	},

	show_rows(frm, rows) {
		const field = frm.fields_dict.promises_html;
		if (!rows.length) {
			field.$wrapper.html(
				`<p class="text-muted">${__("No service level policy fits this request, so nothing was promised.")}</p>`
			);
			return;
		}
		field.$wrapper.html(rows.map((row) => this.card(row)).join(""));
		for (const row of rows) this.bind(frm, row, field.$wrapper.find(`[data-clock="${row.name}"]`));
	},

	card(row) {
		const escape = frappe.utils.escape_html;
		const round = row.round > 1 ? ` <span class="text-muted">${__("round {0}", [row.round])}</span>` : "";
		return `<div class="service-promise border rounded p-3 mb-3" data-clock="${escape(row.name)}">
			<div class="d-flex flex-wrap align-items-center">
				<b class="mr-2">${escape(row.label)}</b>${round}
				${support_service.promises.pill(row.state, row.due_at)}
				<span class="ml-auto">
					<button class="btn btn-xs btn-default service-promise-history">${__("History", null, "Service Clock")}</button>
					${this.correct_button()}
				</span>
			</div>
			<div class="small text-muted mt-1">${this.facts(row)}</div>
			<div class="mt-2 service-promise-why">${escape(row.explanation)}</div>
			<div class="mt-3 service-promise-ledger hidden"></div>
		</div>`;
	},

	facts(row) {
		const when = (value) => frappe.datetime.str_to_user(value);
		return [
			__("Promised: {0}", [support_service.promises.target_words(row.target_label)]),
			row.started_at && __("Started: {0}", [when(row.started_at)]),
			row.due_at && __("Due: {0}", [when(row.due_at)]),
			row.stopped_at && __("Done: {0}", [when(row.stopped_at)]),
		]
			.filter(Boolean)
			.map(frappe.utils.escape_html)
			.join(" · ");
	},

	correct_button() {
		if (!frappe.user.has_role(["After-Sales Lead", "Service Manager", "System Manager"])) return "";
		return `<button class="btn btn-xs btn-default service-promise-correct">${__("Correct…")}</button>`;
	},

	bind(frm, row, $card) {
		const $ledger = $card.find(".service-promise-ledger");
		$card.find(".service-promise-history").on("click", async () => {
			if ($ledger.toggleClass("hidden").hasClass("hidden")) return;
			await support_service.promises.show_history(row.name, $ledger);
		});
		$card.find(".service-promise-correct").on("click", () => this.correct(frm, row));
	},

	correct(frm, row) {
		const dialog = new frappe.ui.Dialog({
			title: __("Correct: {0}", [row.label]),
			fields: this.correction_fields(row),
			primary_action_label: __("Save Correction"),
			primary_action: async (values) => {
				dialog.disable_primary_action();
				try {
					await frappe.xcall(`${support_service.promises.api}.correct_clock`, {
						clock: row.name,
						...values,
					});
					dialog.hide();
					await frm.reload_doc();
				} finally {
					dialog.enable_primary_action();
				}
			},
		});
		dialog.show();
	},

	correction_fields(row) {
		const stopped = ["Met", "Missed"].includes(row.state);
		const open = this.unfinished.includes(row.state);
		const choices = [
			{ value: "start", label: __("It started at another time") },
			{ value: "stop", label: stopped ? __("It was done at another time") : __("It was done") },
			{ value: "pause", label: __("It should have paused for a time") },
			open && { value: "not_needed", label: __("It is not needed") },
		];
		return [
			{
				fieldname: "what",
				label: __("What Is to Be Corrected"),
				fieldtype: "Select",
				options: choices.filter(Boolean),
				default: "stop",
				reqd: 1,
			},
			{
				fieldname: "at",
				label: __("When"),
				fieldtype: "Datetime",
				depends_on: "eval:doc.what !== 'not_needed'",
				mandatory_depends_on: "eval:doc.what !== 'not_needed'",
			},
			{
				fieldname: "until",
				label: __("Until"),
				fieldtype: "Datetime",
				depends_on: "eval:doc.what === 'pause'",
				mandatory_depends_on: "eval:doc.what === 'pause'",
			},
			{
				fieldname: "reason",
				label: __("Reason"),
				fieldtype: "Small Text",
				reqd: 1,
				description: __("It is kept in the history of the promise."),
			},
		];
	},
});
