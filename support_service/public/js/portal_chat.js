// The customer's side of a chat. What is on the server is the truth: the page asks for it when it opens, every few seconds,
// when the connection is back, and when Frappe's realtime says that something has changed. What was typed is kept in the
// browser until the server has it; each message has a key, so that sending again stores nothing twice.
(() => {
	const box = document.getElementById("sp-chat");
	if (!box) return;
	const API = "/api/method/support_service.customer_portal.chat_api.";
	const EVERY = 3000;
	const texts = JSON.parse(box.dataset.texts);
	const place = (name) => document.getElementById(`sp-chat-${name}`);
	const form = place("form");
	const text = place("text");
	const log = place("log");
	const error = form.querySelector(".sp-error");
	const KEPT = `support_service_chat:${document.cookie.match(/user_id=([^;]*)/)?.[1] || ""}`;

	const state = { chat: "", last: 0, open: true, lost: false, busy: false, asking: false };
	// messages that the server does not have yet, in their order: {key, text, about}
	let unsent = [];
	try {
		unsent = JSON.parse(localStorage.getItem(KEPT) || "[]");
	} catch {
		unsent = [];
	}
	const keep = () => {
		try {
			localStorage.setItem(KEPT, JSON.stringify(unsent.filter((message) => !message.sent)));
		} catch {
			// a browser that keeps nothing still sends
		}
	};

	const new_key = () =>
		Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
			byte.toString(16).padStart(2, "0")
		).join("");

	const as_text = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent;
	const said_by = (answer) => {
		try {
			const messages = JSON.parse(answer._server_messages || "[]");
			return messages.map((message) => as_text(JSON.parse(message).message)).join(" ");
		} catch {
			return "";
		}
	};

	class Refused extends Error {}

	// Refused: the server does not want it, and would not later; any other error: it was not reached, or is in trouble
	const call = async (method, values, post) => {
		const headers = { Accept: "application/json" };
		if (window.frappe?.csrf_token) headers["X-Frappe-CSRF-Token"] = frappe.csrf_token;
		const parameters = new URLSearchParams(values);
		const response = await fetch(API + method + (post ? "" : `?${parameters}`), {
			method: post ? "POST" : "GET",
			credentials: "same-origin",
			headers,
			body: post ? parameters : undefined,
			signal: window.AbortSignal?.timeout ? window.AbortSignal.timeout(20000) : undefined,
		});
		const answer = await response.json().catch(() => ({}));
		if (response.status === 429) throw new Error("busy");
		if (response.status >= 400 && response.status < 500)
			throw new Refused(said_by(answer) || texts.failed);
		if (!response.ok) throw new Error(`${response.status}`);
		return answer.message || {};
	};

	const show_lost = (lost) => {
		state.lost = lost;
		place("lost").textContent = lost ? texts.lost : "";
		place("lost").hidden = !lost;
	};

	const next_unsent = () => unsent.find((message) => !message.refused && !message.sent);

	const message_row = (row) => {
		const article = document.createElement("article");
		article.className = `sp-message${row.kind === "Customer" ? " sp-mine" : ""}`;
		if (row.kind === "Notice") article.className = "sp-chat-notice";
		const about = document.createElement("p");
		about.className = "sp-meta";
		about.textContent = row.kind === "Notice" ? row.on : [row.author, row.on].filter(Boolean).join(" · ");
		const content = document.createElement("div");
		content.className = "sp-text";
		// made safe by the server
		content.innerHTML = row.content;
		article.append(about, content);
		return article;
	};

	const show_unsent = () => {
		for (const row of log.querySelectorAll(".sp-chat-unsent")) row.remove();
		for (const { key, text: words, refused } of unsent) {
			const article = document.createElement("article");
			article.className = "sp-message sp-mine sp-chat-unsent";
			article.dataset.key = key;
			const about = document.createElement("p");
			about.className = "sp-meta";
			about.textContent = refused ? `${texts.refused} ${refused}` : texts.sending;
			const content = document.createElement("div");
			content.className = "sp-text sp-lines";
			content.textContent = words;
			article.append(about, content);
			if (refused) {
				const again = document.createElement("button");
				again.type = "button";
				again.className = "btn btn-default btn-xs";
				again.textContent = texts.again;
				again.addEventListener("click", () => {
					take_back(key);
					text.value = text.value ? `${text.value}\n${words}` : words;
					text.focus();
				});
				article.append(again);
			}
			log.append(article);
		}
		log.hidden = !log.childElementCount;
	};

	const take_back = (key) => {
		unsent = unsent.filter((message) => message.key !== key);
		keep();
		show_unsent();
	};

	const show = (found) => {
		const at_end = log.scrollHeight - log.scrollTop - log.clientHeight < 60;
		if (found.name && found.name !== state.chat) {
			state.chat = found.name;
			state.last = 0;
			log.replaceChildren();
		}
		let news = false;
		for (const row of found.messages || []) {
			if (row.place <= state.last) continue;
			state.last = row.place;
			news = true;
			if (row.key) unsent = unsent.filter((message) => message.key !== row.key);
			log.append(message_row(row));
		}
		if (news) keep();
		show_unsent();
		if (at_end || news) log.scrollTop = log.scrollHeight;
		state.open = !found.name || found.open;
		place("new").hidden = Boolean(state.chat);
		place("end").hidden = !(state.chat && found.open);
		place("over").hidden = state.open;
		form.hidden = !state.open;
		const about = place("about");
		about.hidden = !found.request;
		if (found.request) {
			const link = about.querySelector("a");
			link.href = `/service/${encodeURIComponent(found.request)}#messages`;
			link.textContent = [found.request, found.subject].filter(Boolean).join(" · ");
			place("over").querySelector("[data-request]").href = link.href;
		}
		const line = found.over
			? found.over
			: found.state === "Talking"
				? texts.talking.replace("{0}", found.agent || "")
				: found.state === "Waiting"
					? texts.waiting
					: found.nobody || "";
		place("state").textContent = line;
		place("state").hidden = !line;
		place("state").dataset.state = found.state || (found.nobody ? "Nobody" : "");
	};

	const look = async () => {
		// one question at a time; whoever asked meanwhile is answered by the next
		if (state.asking || (!state.open && !unsent.length)) return;
		state.asking = true;
		const [chat, after] = [state.chat, state.last];
		try {
			const found = await call("look", { chat, after });
			show_lost(false);
			if (chat === state.chat) show(found);
		} catch (problem) {
			if (!(problem instanceof Refused)) show_lost(true);
		} finally {
			state.asking = false;
		}
	};

	// one after the other, so that they arrive in the order in which they were written
	const send_unsent = async () => {
		if (state.busy) return;
		state.busy = true;
		try {
			for (;;) {
				const message = next_unsent();
				if (!message) break;
				const values = { text: message.text, key: message.key };
				try {
					if (state.chat) await call("send", { chat: state.chat, ...values }, true);
					else show(await call("begin", { ...values, ...message.about }, true));
					// it is taken out when it comes back as a row of the chat
					message.sent = true;
					show_lost(false);
				} catch (problem) {
					if (!(problem instanceof Refused)) {
						if (problem.message !== "busy") show_lost(true);
						return; // the next look tries again
					}
					message.refused = problem.message;
				}
				keep();
			}
		} finally {
			state.busy = false;
			show_unsent();
		}
		await look();
	};

	const about_chosen = () => {
		const [kind, name] = place("topic").value.split(/:(.*)/s);
		const found = kind ? { [kind]: name } : {};
		const customer = form.elements.customer;
		if (!kind && customer) found.customer = customer.value;
		return found;
	};

	form.addEventListener("submit", (event) => {
		event.preventDefault();
		const words = text.value.trim();
		error.hidden = true;
		if (!words) return text.focus();
		unsent.push({ key: new_key(), text: words, about: state.chat ? {} : about_chosen() });
		keep();
		text.value = "";
		show_unsent();
		log.scrollTop = log.scrollHeight;
		send_unsent();
	});
	text.addEventListener("keydown", (event) => {
		if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
		event.preventDefault();
		form.requestSubmit();
	});
	place("end").addEventListener("click", async () => {
		if (!window.confirm(texts.end)) return;
		try {
			await call("end", { chat: state.chat }, true);
		} catch (problem) {
			error.textContent = problem instanceof Refused ? problem.message : texts.failed;
			error.hidden = false;
		}
		look();
	});

	const catch_up = async () => {
		await look();
		if (next_unsent()) await send_unsent();
	};
	setInterval(() => {
		if (!document.hidden) catch_up();
	}, EVERY);
	document.addEventListener("visibilitychange", () => document.hidden || catch_up());
	window.addEventListener("online", catch_up);
	window.addEventListener("offline", () => show_lost(true));
	// a hint that saves seconds, where the site has a realtime server
	document.addEventListener("DOMContentLoaded", () => {
		window.frappe?.realtime?.on?.("support_service_chat", () => look());
	});
	catch_up();
})();
