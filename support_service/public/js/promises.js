// How promises are shown: the time left, coloured, counting down while the page is open; and what a clock did and why. Included by the lists and forms of requests and clocks.
frappe.provide("support_service.promises");

Object.assign(support_service.promises, {
	api: "support_service.service_level.api",
	// states of a clock that counts, and of a case with such a clock
	running: ["Overdue", "Warning", "Running"],
	cases_running: ["Overdue", "Warning", "On Track"],
	tick_ms: 30 * 1000,
	// shadow trees with times in them, which a search of the document does not enter
	roots: support_service.promises.roots || new Set(),
	// orange within this time before a promise is due, whatever its policy warns at
	soon_ms: 60 * 60 * 1000,
	// the time is that of the server's answers, as the clock of the reader's computer may be wrong
	skew_ms: support_service.promises.skew_ms || 0,

	now() {
		return Date.now() + this.skew_ms;
	},

	// The database stores times in the site's time zone, and the reader may be in another: differences are taken in UTC.
	instant(site_time) {
		return frappe.datetime.convert_to_user_tz(site_time, false).valueOf();
	},

	// In the night the clock is set back, a time occurs twice: what is not overdue yet is due at the second one.
	left_ms(due_at, state) {
		const left = this.instant(due_at) - this.now();
		if (left >= 0 || state === "Overdue") return left;
		const again = frappe.datetime.convert_to_user_tz(due_at, false).add(1, "hour");
		const site_time = again.clone().tz(frappe.boot.time_zone.system).format("YYYY-MM-DD HH:mm:ss");
		return site_time === due_at.slice(0, 19) ? again.valueOf() - this.now() : left;
	},

	counts(state) {
		return this.running.includes(state) || this.cases_running.includes(state);
	},

	colour(state, due_at) {
		if (!this.counts(state) || !due_at) {
			return support_service.colours.clock_state[state] || "gray";
		}
		const left = this.left_ms(due_at, state);
		if (left < 0) return "red";
		return left < this.soon_ms ? "orange" : support_service.colours.clock_state[state];
	},

	text(state, due_at) {
		if (this.counts(state)) return due_at ? this.left(this.left_ms(due_at, state)) : "";
		return {
			Paused: __("paused"),
			Met: __("kept"),
			Missed: __("missed"),
			"Not Needed": __("not needed"),
		}[state];
	},

	left(ms) {
		const span = this.span(Math.abs(ms));
		return ms < 0 ? __("{0} late", [span]) : __("{0} left", [span]);
	},

	// Short, and no more exact than needed: it is shown in narrow columns.
	span(ms) {
		const minutes = Math.floor(ms / 60000);
		const hours = Math.floor(minutes / 60);
		const days = Math.floor(hours / 24);
		const hour = hours % 24;
		const minute = minutes % 60;
		if (days && hour) return __("{0} d {1} h", [days, hour], "Time Left");
		if (days) return __("{0} d", [days], "Time Left");
		if (hours >= 10 || (hours && !minute)) return __("{0} h", [hours], "Time Left");
		if (hours) return __("{0} h {1} min", [hours, minute], "Time Left");
		return __("{0} min", [minutes], "Time Left");
	},

	// Texts that count down by themselves anywhere on the page; the label around them changes its colour.
	time_left(state, due_at) {
		const escape = frappe.utils.escape_html;
		return `<span class="service-time-left" data-state="${escape(state)}" data-due="${escape(
			due_at || ""
		)}">${escape(this.text(state, due_at) || "")}</span>`;
	},

	pill(state, due_at, title = "") {
		if (!this.text(state, due_at)) return "";
		return `<span class="indicator-pill no-indicator-dot ${this.colour(state, due_at)}"
			title="${frappe.utils.escape_html(title)}">${this.time_left(state, due_at)}</span>`;
	},

	// "24 Hours" as it is stored, in the reader's language.
	target_words(label) {
		const [figure, ...unit] = (label || "").split(" ");
		return `${figure} ${__(unit.join(" "), null, "Service Level Target")}`.trim();
	},

	due_title(kind, due_at) {
		if (!due_at) return "";
		return __("{0} due {1}", [__(kind), frappe.datetime.str_to_user(due_at)]);
	},

	// A list narrowed to `filters` (field: [operator, value]), what is due first on top.
	async show_due(listview, due_field, filters) {
		await listview.filter_area.clear(false);
		await listview.filter_area.set(
			Object.entries(filters).map(([field, condition]) => [listview.doctype, field, ...condition])
		);
		listview.sort_selector.set_value(due_field, "asc");
		listview.refresh();
	},

	tick() {
		const roots = [document, ...this.roots].filter((root) => root.isConnected);
		for (const node of roots.flatMap((root) => [...root.querySelectorAll(".service-time-left")])) {
			const { state, due } = node.dataset;
			node.textContent = this.text(state, due) || "";
			const pill = node.closest(".indicator-pill");
			if (!pill) continue;
			pill.classList.remove("green", "yellow", "orange", "red");
			pill.classList.add(this.colour(state, due));
		}
		$(document).trigger("service-promises-tick");
	},

	// Once per page load, however many lists and forms include this file.
	start_ticking() {
		if (this.ticking) return;
		this.ticking = setInterval(() => support_service.promises.tick(), this.tick_ms);
		// before the caller shows the answer
		$.ajaxPrefilter((options, _given, xhr) => {
			// an answer from the browser's cache has the time when it was stored
			if (options.type === "POST") xhr.always(() => support_service.promises.set_clock(xhr));
		});
	},

	// To the second; less than a minute is the time the answer took on its way, or does not matter.
	set_clock(xhr) {
		const date = Date.parse(xhr.getResponseHeader("Date") || "");
		const skew = date - Date.now();
		if (date) this.skew_ms = Math.abs(skew) < 60 * 1000 ? 0 : skew;
	},

	// The ledger of a clock, newest last: when, what, who, why.
	history_html(rows) {
		const escape = frappe.utils.escape_html;
		const lines = rows.map(
			(row) => `<tr>
				<td class="text-nowrap text-muted">${frappe.datetime.str_to_user(row.at)}</td>
				<td>${escape(row.text)}${this.reason_html(row)}</td>
				<td class="text-muted hidden-xs">${escape(row.by || "")}</td>
			</tr>`
		);
		return `<table class="table table-sm small mb-0"><tbody>${lines.join("")}</tbody></table>`;
	},

	reason_html(row) {
		if (!row.reason) return "";
		return `<div class="text-muted" style="white-space: pre-wrap">${frappe.utils.escape_html(row.reason)}</div>`;
	},

	async show_history(clock, $place) {
		const { rows } = await frappe.xcall(`${this.api}.history_of`, { clock });
		$place.html(this.history_html(rows));
	},
});

support_service.promises.start_ticking();
