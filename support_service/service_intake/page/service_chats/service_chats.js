// {% include "support_service/public/js/colours.js" %}
// {% include "support_service/public/js/knowledge.js" %}

frappe.provide("support_service");

frappe.pages["service-chats"].on_page_load = function (wrapper) {
	const page = frappe.ui.make_app_page({
		parent: wrapper,
		title: __("Service Chats"),
		single_column: true,
	});
	wrapper.chats = new support_service.ServiceChats(page);
};

frappe.pages["service-chats"].on_page_show = function (wrapper) {
	wrapper.chats?.shown();
};

// Who waits, for how long, and who talks to whom; beside it the chat that is open. The server has the truth: the page asks for it
// when Frappe's realtime says that something has changed, and every few seconds, as a connection may be lost.
support_service.ServiceChats = class ServiceChats {
	constructor(page) {
		this.page = page;
		this.api = "support_service.service_intake.chat.api.";
		this.chat = null;
		this.drafts = {};
		// messages that the server does not have yet: {chat, key, text}
		this.unsent = [];
		this.body = $(`<div class="service-chats">
			<div class="service-chats-lists" aria-live="polite"></div>
			<section class="service-chats-talk"></section>
		</div>`).appendTo(page.main.addClass("border-0"));
		this.lists = this.body.find(".service-chats-lists");
		this.talk = this.body.find(".service-chats-talk");
		page.set_secondary_action(__("All Chats"), () => frappe.set_route("List", "Service Chat"), "list");
		page.add_menu_item(__("I Am Not There"), () => this.not_there());
		this.body.on("click", "[data-open]", (event) => this.open($(event.currentTarget).data("open")));
		this.body.on("click", "[data-do]", (event) => this[$(event.currentTarget).data("do")]());
		this.body.on("submit", "form", (event) => {
			event.preventDefault();
			this.write();
		});
		this.body.on("keydown", "textarea", (event) => {
			if (event.key !== "Enter" || event.shiftKey || event.originalEvent.isComposing) return;
			event.preventDefault();
			this.write();
		});
		this.body.on("input", "textarea", (event) => (this.drafts[this.chat] = event.target.value));
		const look = frappe.utils.debounce(() => this.look(), 300);
		frappe.realtime.on("support_service_chat", look);
		frappe.realtime.on("connect", look);
		window.addEventListener("online", look);
		setInterval(() => this.look(), 5000);
		this.empty();
	}

	shown() {
		const named = frappe.get_route()[1];
		if (named && named !== this.chat) this.open(named);
		else this.look();
	}

	async look() {
		if (!this.body.is(":visible") || document.hidden || this.looking) return;
		this.looking = true;
		try {
			this.show_lists(await this.ask("open_chats", {}, "GET"));
			if (this.chat) await this.look_at_chat();
			this.lost(false);
			await this.send_unsent();
		} catch (problem) {
			if (problem.refused) this.refused(problem);
			else this.lost(true);
		} finally {
			this.looking = false;
		}
	}

	// `refused`: the server answered and said no; any other error: it was not reached, or is in trouble
	async ask(method, values = {}, type = "POST") {
		const body = new URLSearchParams(values);
		const response = await fetch(`/api/method/${this.api}${method}${type === "GET" ? `?${body}` : ""}`, {
			method: type,
			credentials: "same-origin",
			headers: { Accept: "application/json", "X-Frappe-CSRF-Token": frappe.csrf_token },
			body: type === "GET" ? undefined : body,
		});
		const answer = await response.json().catch(() => ({}));
		if (response.ok) return answer.message;
		const problem = new Error(this.said_in(answer) || __("That did not work. Please try again."));
		problem.refused = response.status >= 400 && response.status < 500 && response.status !== 429;
		throw problem;
	}

	said_in(answer) {
		try {
			const messages = JSON.parse(answer._server_messages || "[]");
			return messages.map((one) => frappe.utils.html2text(JSON.parse(one).message)).join(" ");
		} catch {
			return "";
		}
	}

	// what the user does: says what went wrong, and looks anew
	async act(method, values) {
		try {
			return await this.ask(method, values);
		} catch (problem) {
			frappe.show_alert({ message: this.text(problem.message), indicator: "red" }, 10);
			return undefined;
		} finally {
			this.looking = false;
			this.look();
		}
	}

	show_lists(found) {
		const waiting = (row) =>
			`<span class="service-chats-since">${frappe.datetime.comment_when(row.opened_on)}</span>`;
		const talking = (row) =>
			row.unanswered_since
				? `<span class="text-danger">${__("unanswered")} ${frappe.datetime.comment_when(row.unanswered_since)}</span>`
				: `<span class="text-muted">${__("answered")}</span>`;
		this.lists.html(
			this.panel(
				__("Waiting", null, "Service Chat"),
				found.waiting,
				waiting,
				__("Nobody is waiting.")
			) +
				this.panel(__("My Chats"), found.mine, talking, __("You talk with nobody.")) +
				this.panel(
					__("Colleagues"),
					found.others,
					(row) => `<span>${this.text(row.agent_name)}</span> ${talking(row)}`,
					__("No colleague talks with a customer.")
				)
		);
	}

	panel(title, rows, side, empty) {
		const body = rows.length
			? rows.map((row) => this.row(row, side(row))).join("")
			: `<p class="text-muted">${empty}</p>`;
		return `<section class="service-chats-panel"><h5>${title} <span class="badge">${rows.length}</span></h5>${body}</section>`;
	}

	row(row, side) {
		const current = row.name === this.chat ? ' aria-current="true"' : "";
		return `<button type="button" class="service-chats-row" data-open="${this.text(row.name)}"${current}>
			<b>${this.text(row.customer_name || row.person)}</b>
			<span>${this.text(row.subject)}</span>
			<small>${this.text(row.person)} · ${side}</small>
		</button>`;
	}

	empty() {
		this.talk.html(`<p class="text-muted service-chats-none">${__("Choose a chat.")}</p>`);
	}

	open(name) {
		this.chat = name;
		this.last = 0;
		this.head = null;
		this.body.addClass("service-chats-opened");
		this.talk.html(`
			<header class="service-chats-head"></header>
			<p class="service-chats-lost text-danger" role="alert" hidden></p>
			<div class="service-chats-log" role="log" aria-live="polite" tabindex="0"></div>
			<div class="service-chats-answers px-3" aria-live="polite"></div>
			<form class="service-chats-form" hidden>
				<textarea class="form-control" rows="3" maxlength="4000" aria-label="${__("Your message")}" placeholder="${__("Your message")}"></textarea>
				<button class="btn btn-primary btn-sm" type="submit">${__("Send")}</button>
			</form>`);
		this.talk.find("textarea").val(this.drafts[name] || "");
		this.looking = false;
		// articles that may answer what the customer said last, and what is being written
		this.said = "";
		const area = this.talk.find("textarea");
		this.suggest = support_service.knowledge.follow(
			this.talk.find(".service-chats-answers"),
			() => [this.said, area.val()].filter(Boolean).join("\n"),
			{ request: () => this.request }
		);
		area.on("input", this.suggest);
		this.look();
	}

	close() {
		this.chat = null;
		this.body.removeClass("service-chats-opened");
		this.empty();
		if (frappe.get_route()[1]) frappe.set_route("service-chats");
		this.look();
	}

	async look_at_chat() {
		const chat = this.chat;
		const found = await this.ask("look", { chat, after: this.last }, "GET");
		if (chat === this.chat) this.show_chat(found);
	}

	show_chat(found) {
		const head = JSON.stringify([found.state, found.agent, found.mine, found.subject, found.status]);
		if (head !== this.head) {
			this.head = head;
			this.talk.find(".service-chats-head").html(this.head_of(found));
			this.talk.find("form").prop("hidden", !(found.mine && found.open));
		}
		const log = this.talk.find(".service-chats-log");
		let news = false;
		for (const row of found.messages) {
			if (row.place <= this.last) continue;
			this.last = row.place;
			this.unsent = this.unsent.filter((message) => message.key !== row.key);
			log.append(this.message(row));
			if (row.kind === "Customer") this.said = $("<div>").html(row.content).text();
			news = true;
		}
		this.request = found.request;
		if (news) this.suggest();
		this.show_unsent();
		if (news) log.scrollTop(log[0].scrollHeight);
	}

	head_of(found) {
		const button = (action, label, kind = "default") =>
			`<button type="button" class="btn btn-${kind} btn-sm" data-do="${action}">${label}</button>`;
		const buttons = [];
		const leads = frappe.user.has_role("After-Sales Lead") || frappe.user.has_role("Service Manager");
		if (found.state === "Waiting") buttons.push(button("take", __("Take"), "primary"));
		if (found.open && (found.mine || !found.agent || leads)) {
			buttons.push(button("hand_over", __("Hand Over")), button("end", __("End Chat")));
		}
		const words = {
			Waiting: __("Waiting", null, "Service Chat"),
			Talking: found.mine ? __("You talk") : __("{0} talks", [this.text(found.agent)]),
			Ended: __("Ended", null, "Service Chat"),
			"Left as Message": __("Left as Message", null, "Service Chat"),
		};
		const colour = support_service.colours.chat_state[found.state] || "gray";
		return `<div>
				<button type="button" class="btn btn-default btn-xs service-chats-back" data-do="close">${__("Back")}</button>
				<b>${this.text(found.person)}</b>, <a href="${frappe.utils.get_form_link("Customer", found.customer)}">${this.text(found.customer_name)}</a>
				<span class="indicator-pill ${colour}">${words[found.state]}</span>
				<div><a href="${frappe.utils.get_form_link("Service Request", found.request)}">${this.text(found.request)}</a> ${this.text(found.subject)}</div>
			</div>
			<div class="service-chats-buttons">${buttons.join("")}</div>`;
	}

	message(row) {
		const on = frappe.datetime.str_to_user(row.on);
		if (row.kind === "Notice")
			return `<p class="service-chats-notice">${row.content} <small>${on}</small></p>`;
		const side = row.kind === "Customer" ? "" : " service-chats-ours";
		// the content was made safe by the server
		return `<article class="service-chats-message${side}">
			<small>${this.text(row.author)} · ${on}</small><div>${row.content}</div></article>`;
	}

	show_unsent() {
		const log = this.talk.find(".service-chats-log");
		log.find(".service-chats-unsent").remove();
		for (const message of this.unsent.filter((one) => one.chat === this.chat)) {
			const state = message.refused
				? __("not sent: {0}", [this.text(message.refused)])
				: __("is being sent …");
			log.append(`<article class="service-chats-message service-chats-ours service-chats-unsent">
				<small>${state}</small><div>${this.text(message.text).replace(/\n/g, "<br>")}</div></article>`);
			log.scrollTop(log[0].scrollHeight);
		}
	}

	write() {
		const area = this.talk.find("textarea");
		const text = area.val().trim();
		if (!text) return area.focus();
		this.unsent.push({ chat: this.chat, key: frappe.utils.get_random(32), text });
		area.val("").focus();
		delete this.drafts[this.chat];
		this.show_unsent();
		this.send_unsent()
			.then(() => this.look())
			.catch(() => this.lost(true));
	}

	// one after the other, in the order in which they were written; the key keeps one from being stored twice
	async send_unsent() {
		if (this.sending) return;
		this.sending = true;
		try {
			for (;;) {
				const message = this.unsent.find((one) => !one.sent && !one.refused);
				if (!message) break;
				try {
					await this.ask("answer", message);
					message.sent = true;
				} catch (problem) {
					if (!problem.refused) throw problem;
					message.refused = problem.message;
				}
				this.show_unsent();
			}
		} finally {
			this.sending = false;
		}
	}

	take() {
		this.act("take", { chat: this.chat });
	}

	end() {
		frappe.confirm(__("End the chat? Its request goes on."), () => this.act("end", { chat: this.chat }));
	}

	async hand_over() {
		const people = await this.ask("who_can_take", { chat: this.chat }, "GET").catch(() => []);
		const options = people.map((one) => ({
			value: one.value,
			label: one.present ? __("{0} (at their desk)", [one.label]) : one.label,
		}));
		const chat = this.chat;
		frappe.prompt(
			{
				fieldname: "user",
				fieldtype: "Select",
				label: __("To Whom"),
				options,
				reqd: 1,
			},
			({ user }) => this.act("hand_over", { chat, user }),
			__("Hand Over"),
			__("Hand Over")
		);
	}

	async not_there() {
		await this.act("not_there", {});
		frappe.show_alert({
			message: __("Customers are not told that you are there, until you click or type again."),
			indicator: "gray",
		});
	}

	refused(problem) {
		this.lost(false);
		if (this.chat) this.talk.html(`<p class="text-muted">${this.text(problem.message)}</p>`);
		this.chat = null;
	}

	lost(lost) {
		const line = this.talk.find(".service-chats-lost");
		line.text(
			lost ? __("No connection. What you write is sent as soon as we reach the server again.") : ""
		);
		line.prop("hidden", !lost);
	}

	text(value) {
		return frappe.utils.escape_html(String(value ?? ""));
	}
};
