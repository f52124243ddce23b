// Forms of the customer's pages: sent once; what was typed stays if it fails.
// All texts come from the page, so there is nothing to translate here.
(() => {
	const API = "/api/method/support_service.customer_portal.";
	// a function of another module than api.py is named with its module
	const address_of = (method) => API + (method.includes(".") ? method : `api.${method}`);

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
		const response = await fetch(address_of(form.dataset.method), {
			method: "POST",
			credentials: "same-origin",
			headers,
			body,
		});
		const answer = await response.json().catch(() => ({}));
		if (!response.ok) throw new Error(message_of(answer));
		return answer.message || {};
	};

	// what follows where the page stays: by the form's `data-then`
	const THEN = {
		code(form, answer) {
			const next = document.getElementById("sp-code-form");
			next.elements.proof.value = answer.proof;
			next.hidden = false;
			next.elements.code.focus();
		},
		proven(form, answer) {
			document.getElementById("sp-report").elements.proof.value = form.elements.proof.value;
			const told = document.getElementById("sp-proven");
			told.querySelector("b").textContent = answer.name;
			told.hidden = false;
			document.getElementById("sp-person").hidden = true;
			for (const other of form.parentElement.querySelectorAll("form")) other.hidden = true;
		},
	};

	const proceed = (form, answer) => {
		if (form.dataset.then) {
			THEN[form.dataset.then](form, answer);
			delete form.dataset.busy;
			form.querySelector("[type=submit]").disabled = false;
			return;
		}
		const number = document.getElementById("sp-number");
		if (number && answer.number) number.textContent = answer.number;
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

	// choosing the device by the code on it: scanned with the camera, or typed
	const SCANNER = "/assets/frappe/node_modules/html5-qrcode/html5-qrcode.min.js";
	const load = (source) =>
		new Promise((resolve, reject) => {
			const script = document.createElement("script");
			Object.assign(script, { src: source, onload: resolve, onerror: reject });
			document.head.append(script);
		});

	document.querySelectorAll("[data-scan]").forEach((box) => {
		const typed = box.querySelector("input");
		const said = box.querySelector("[role=status]");
		const picture = box.querySelector("#sp-camera");
		const unit = document.getElementById("sp-unit");
		let camera = null;

		const stop = async () => {
			const running = camera;
			camera = null;
			picture.hidden = true;
			if (running?.isScanning) await running.stop();
		};
		const find = async (code) => {
			if (!code.trim()) return typed.focus();
			const body = new FormData();
			body.append("code", code);
			const headers = { Accept: "application/json", "X-Frappe-CSRF-Token": frappe.csrf_token };
			// without a connection the list below still serves
			const response = await fetch(address_of("label_api.find_unit"), {
				method: "POST",
				credentials: "same-origin",
				headers,
				body,
			}).catch(() => ({ ok: false }));
			const found = response.ok && (await response.json()).message;
			said.textContent = found ? found.title : box.dataset.notFound;
			if (!found) return;
			if (!Array.from(unit.options).some((option) => option.value === found.unit))
				unit.prepend(new window.Option(found.title, found.unit));
			unit.value = found.unit;
			unit.dispatchEvent(new Event("change", { bubbles: true }));
		};
		const scan = async () => {
			if (camera) return stop();
			try {
				if (!window.Html5Qrcode) await load(SCANNER);
				picture.hidden = false;
				camera = new window.Html5Qrcode(picture.id);
				await camera.start({ facingMode: "environment" }, { fps: 10, qrbox: 220 }, (code) => {
					stop();
					typed.value = code;
					find(code);
				});
			} catch {
				await stop();
				said.textContent = box.dataset.noCamera;
				typed.focus();
			}
		};
		box.querySelector("[data-find]").addEventListener("click", () => find(typed.value));
		box.querySelector("[data-camera]").addEventListener("click", scan);
		typed.addEventListener("keydown", (event) => {
			if (event.key !== "Enter") return;
			event.preventDefault(); // it would send the form
			find(typed.value);
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
