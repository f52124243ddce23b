// Forms of the customer's pages: sent once; what was typed stays if it fails.
// All texts come from the page, so there is nothing to translate here.
(() => {
	const API = "/api/method/support_service.customer_portal.api.";

	// one key per form and page load: however often it is sent, the server stores it once
	const new_key = () => {
		const bytes = crypto.getRandomValues(new Uint8Array(16));
		return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
	};

	const as_text = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent;

	const message_of = (answer) => {
		try {
			const messages = JSON.parse(answer._server_messages || "[]");
			return messages.map((message) => as_text(JSON.parse(message).message)).join(" ");
		} catch {
			return "";
		}
	};

	const show_error = (form, text) => {
		const place = form.querySelector(".sp-error");
		place.textContent = text;
		place.hidden = !text;
		if (text) place.scrollIntoView({ block: "center", behavior: "smooth" });
	};

	const missing_in = (form) => {
		const field = Array.from(form.elements).find((element) => !element.checkValidity());
		if (!field) return "";
		field.focus();
		return field.dataset.missing || field.validationMessage;
	};

	const send = async (form) => {
		const headers = { Accept: "application/json" };
		if (window.frappe && frappe.csrf_token) headers["X-Frappe-CSRF-Token"] = frappe.csrf_token;
		const body = new FormData(form);
		// leave out a score that was not chosen, and the nameless file of an empty file field
		for (const file of body.getAll("files")) if (file instanceof File && !file.name) body.delete("files");
		const response = await fetch(API + form.dataset.method, {
			method: "POST",
			credentials: "same-origin",
			headers,
			body,
		});
		const answer = await response.json().catch(() => ({}));
		if (!response.ok) throw new Error(message_of(answer));
		return answer.message || {};
	};

	const proceed = (form, answer) => {
		const card = form.closest("[data-thanks]");
		if (card) {
			card.hidden = true;
			document.getElementById(card.dataset.thanks).hidden = false;
		} else if (answer.route) {
			window.location.assign(`${answer.route}?new=1`);
		} else {
			const anchor = form.dataset.anchor ? `#${form.dataset.anchor}` : "";
			const mark = form.dataset.anchor ? "?sent=1" : "";
			const target = window.location.pathname + mark + anchor;
			// the same address with another fragment would not load again
			window.history.replaceState(null, "", target);
			window.location.reload();
		}
	};

	document.querySelectorAll("form.sp-form").forEach((form) => {
		const key = "key" in form.dataset ? new_key() : "";
		if (key) {
			const field = document.createElement("input");
			Object.assign(field, { type: "hidden", name: "key", value: key });
			form.append(field);
		}
		form.addEventListener("change", () => show_error(form, ""));
		form.addEventListener("submit", async (event) => {
			event.preventDefault();
			if (form.dataset.busy) return;
			const missing = missing_in(form);
			show_error(form, missing);
			if (missing) return;
			if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) return;
			const button = form.querySelector("[type=submit]");
			form.dataset.busy = "1";
			button.disabled = true;
			try {
				proceed(form, await send(form));
			} catch (error) {
				show_error(form, error.message || form.dataset.failed);
				delete form.dataset.busy;
				button.disabled = false;
			}
		});
	});

	// an answer that needs an explanation
	document.querySelectorAll("input[data-needs]").forEach((input) => {
		const needed = document.getElementById(input.dataset.needs);
		input.form.addEventListener("change", () => {
			needed.required = input.checked;
		});
	});

	document.querySelectorAll("select[data-other]").forEach((select) => {
		const other = document.getElementById(select.dataset.other);
		const follow = () => {
			other.hidden = Boolean(select.value);
		};
		select.addEventListener("change", follow);
		follow();
	});
})();
