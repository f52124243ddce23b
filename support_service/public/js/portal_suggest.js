// Articles on the customer's pages: what may answer a text that is being written, and noting what was searched and not found.
// All texts come from the page, so there is nothing to translate here.
(() => {
	const post = (method, values) => {
		const headers = { Accept: "application/json" };
		if (window.frappe && frappe.csrf_token) headers["X-Frappe-CSRF-Token"] = frappe.csrf_token;
		const body = new FormData();
		for (const [name, value] of Object.entries(values)) body.append(name, value);
		const how = { method: "POST", credentials: "same-origin", headers, body };
		return fetch(`/api/method/support_service.customer_portal.${method}`, how).catch(() => null);
	};

	// the token that proves where a call comes from stands below this script
	const when_loaded = (work) => window.addEventListener("load", work);

	// what was searched and not found is noted once for each page
	const searched = document.querySelector("[data-searched]");
	if (searched) {
		when_loaded(() => post("knowledge.api.searched", { text: searched.dataset.searched }));
	}

	// articles that may answer what is being written
	document.querySelectorAll("[data-suggest]").forEach((place) => {
		const form = place.closest("form");
		const list = place.querySelector("ul");
		const written = () =>
			place.dataset.suggest
				.split(" ")
				.map((name) => form.elements[name]?.value || "")
				.join("\n")
				.trim();
		let asked = "";
		let waiting;
		const ask = async () => {
			const text = written();
			if (text === asked) return;
			asked = text;
			const topic = form.elements.topic?.value || "";
			const about = topic.startsWith("unit:") ? topic.slice(5) : "";
			const unit = form.elements.unit?.value || about;
			const response = text.length > 1 && (await post("knowledge.api.suggest", { text, unit }));
			const found = response && response.ok ? (await response.json()).message || [] : [];
			// an answer to what was written before is late
			if (text !== asked) return;
			list.replaceChildren(
				...found.map((one) => {
					const link = document.createElement("a");
					Object.assign(link, { href: one.route, textContent: one.title, target: "_blank" });
					const line = document.createElement("li");
					line.append(link);
					return line;
				})
			);
			place.hidden = !found.length;
		};
		form.addEventListener("input", () => {
			window.clearTimeout(waiting);
			waiting = window.setTimeout(ask, 400);
		});
		when_loaded(() => written() && ask());
	});
})();
