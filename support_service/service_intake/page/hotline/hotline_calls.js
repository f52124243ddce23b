// The calls of the hotline page: the one on the line, those that wait for anybody, and who is on duty outside office hours.
// The server is asked when the page opens, when Frappe's realtime says that a call has changed, and every few seconds, so that
// nothing depends on the connection.
frappe.provide("support_service");

const SECONDS = 15;

support_service.HotlineCalls = class HotlineCalls {
	constructor(page) {
		this.page = page;
		this.api = "support_service.service_intake.calls.api";
		this.call = null;
		this.waiting = [];
		this.aside = new Set(); // calls whose screen the agent has left with "Next Call"
		this.last_look = 0;
	}

	name() {
		return this.call?.name;
	}

	watch() {
		const { body } = this.page;
		body.on("click", "[data-take]", (event) => this.take($(event.currentTarget).data("take")));
		body.on("click", "[data-call]", () => this.open(this.next));
		body.on("click", "[data-note]", (event) => this.add_note($(event.currentTarget).data("note")));
		frappe.realtime.on("connect", () => this.page.is_visible() && this.look());
		setInterval(() => {
			if (this.page.is_visible() && !document.hidden) this.look();
		}, SECONDS * 1000);
	}

	async look() {
		const number = ++this.last_look;
		const found = await frappe.xcall(`${this.api}.my_calls`, { call: this.name() });
		// a slow answer must not replace a newer one
		if (number !== this.last_look) return;
		this.waiting = found.waiting;
		this.next = found.call && found.call.name !== this.name() ? found.call : null;
		if (found.shown) this.call = found.shown;
		this.page.body.find(".hotline-duty").html(this.duty(found.closed_teams));
		const is_new = this.next && !this.aside.has(this.next.name);
		if (is_new && !this.call && !this.page.is_typing()) return this.open(this.next);
		this.show();
	}

	async take(name) {
		await frappe.xcall(`${this.api}.take`, { call: name });
		this.aside.delete(name);
		await this.look();
	}

	put_aside() {
		if (this.call) this.aside.add(this.call.name);
		this.call = null;
		this.show();
	}

	// A new caller: what we know of the number; of several people somebody chooses.
	async open(call) {
		const { page } = this;
		page.reset();
		this.call = call;
		this.next = null;
		this.show();
		const { hits, chosen } = await frappe.xcall(`${this.api}.caller_of`, { call: call.name });
		if (this.name() !== call.name) return;
		if (chosen) {
			await page.set_contact({ ...chosen, phone: call.number });
			return page.open_customer(chosen.customer, true);
		}
		page.show_hits(hits, call.number);
		page.form.set_value("contact_phone", call.number || "");
		page.notice(
			"warning",
			hits.length
				? __("Ask who is calling, and choose: the number alone does not say it.")
				: __("Nobody we know has this number. Ask who is calling; the caller is not verified.")
		);
	}

	async add_note(request) {
		const field = this.page.form.get_field("description");
		const note = (this.page.form.get_value("description") || "").trim();
		if (!note) {
			this.page.notice("warning", __("Write the note into the description first."));
			return field.set_focus();
		}
		await frappe.xcall(`${this.api}.note_on_case`, { call: this.name(), request, note });
		field.set_value("");
		this.page.notice(
			"success",
			__("The note is on {0}.", [support_service.hotline_cards.link("Service Request", request)])
		);
		this.look();
	}

	show() {
		const { body } = this.page;
		body.toggleClass("on-call", Boolean(this.call));
		const others = this.waiting.filter((row) => row.name !== this.name());
		body.find(".hotline-calls").html(
			[
				this.call ? this.line(this.call, this.written_down(this.call)) : "",
				this.next ? this.line(this.next, this.button("call", this.next, __("Open"))) : "",
				...others.map((row) => this.line(row, this.button("take", row, __("Take")))),
			].join("")
		);
	}

	line(call, right) {
		const cards = support_service.hotline_cards;
		const recording = /^(https?:\/\/|\/)/.test(call.recording_url || "")
			? `<a href="${cards.text(call.recording_url)}" target="_blank" rel="noopener noreferrer">${__(
					"Recording"
				)}</a>`
			: "";
		return `<div class="hotline-call ${call.state === "Waiting" ? "waiting" : ""}">
			${support_service.colours.pill("call_state", call.state)}
			<b>${cards.text(call.number || __("unknown number"))}</b>
			<span class="hotline-call-who">${cards.text(call.customer || "")}</span>
			<small>${cards.age(call.started_on)}</small> ${recording} ${right}</div>`;
	}

	button(action, call, label) {
		const name = support_service.hotline_cards.text(call.name);
		return `<button type="button" class="btn btn-sm btn-primary" data-${action}="${name}">${label}</button>`;
	}

	written_down(call) {
		return call.service_request
			? support_service.hotline_cards.link("Service Request", call.service_request)
			: "";
	}

	duty(teams) {
		return support_service.hotline_cards.duty(teams);
	}
};
