// Articles of the knowledge base beside what somebody is writing: suggestions, reading one, and what came of it. Included by the
// form of a request, the hotline, the chats and the search page.
frappe.provide("support_service");

if (!support_service.knowledge) {
	support_service.knowledge = {
		api: "support_service.service_knowledge.api",
		text: (value) => frappe.utils.escape_html(value || ""),
		colours: { Draft: "gray", Reviewed: "blue", Published: "green", Outdated: "red" },
		words: {
			Draft: () => __("Draft", null, "Knowledge Article"),
			Reviewed: () => __("Reviewed", null, "Knowledge Article"),
			Published: () => __("Published", null, "Knowledge Article"),
			Outdated: () => __("Outdated", null, "Knowledge Article"),
		},

		may_read: () => frappe.model.can_read("Knowledge Article"),

		pill(state) {
			const said = this.words[state]?.() || state;
			return `<span class="indicator-pill no-indicator-dot ${this.colours[state]}">${this.text(said)}</span>`;
		},

		row(one) {
			const solved = one.solved_cases ? __("solved {0} requests", [one.solved_cases]) : "";
			const outcome =
				{ Solved: __("solved this"), "Did Not Help": __("did not help") }[one.outcome] || "";
			const state = one.state === "Published" ? "" : this.pill(one.state);
			return `<li class="mb-1"><a href="#" data-article="${this.text(one.name)}">${this.text(one.title)}</a>
				${state} <span class="text-muted small">${this.text(outcome || solved)}</span></li>`;
		},

		// Shows in `place` what may answer the text that `read` gives; returns the function to call whenever that text changes.
		// options: item() names the product, request() the saved request that is written about.
		follow(place, read, options = {}) {
			let asked = null;
			place.on("click", "[data-article]", (event) => {
				event.preventDefault();
				this.preview($(event.currentTarget).data("article"), options.request?.());
			});
			const ask = async () => {
				const text = (read() || "").trim().slice(0, 2000);
				const item = options.item?.() || null;
				if (!this.may_read() || asked === `${item}|${text}`) return;
				asked = `${item}|${text}`;
				const question = asked;
				const found =
					text.length < 2
						? []
						: await frappe.xcall(`${this.api}.suggest`, { text, item_code: item });
				if (question !== asked) return;
				place.html(
					found.length
						? `<div class="text-muted small mb-1">${__("May answer this")}</div>
							<ul class="list-unstyled mb-2">${found.map((one) => this.row(one)).join("")}</ul>`
						: ""
				);
			};
			return frappe.utils.debounce(() => ask().catch(() => {}), 400);
		},

		async preview(article, request) {
			const found = await frappe.xcall(`${this.api}.preview`, { article });
			const texts = [
				[__("Symptom"), found.symptom],
				[__("Cause"), found.cause],
				[__("Solution"), found.solution],
			].filter(([, text]) => text);
			const dialog = new frappe.ui.Dialog({
				title: found.title,
				size: "large",
				fields: [{ fieldtype: "HTML", fieldname: "body" }],
			});
			const body = texts.map(
				([label, text]) =>
					`<h5>${label}</h5><div class="mb-3">${frappe.dom.remove_script_and_style(text)}</div>`
			);
			dialog.fields_dict.body.$wrapper.html(
				`<p>${this.pill(found.state)} <span class="text-muted">${this.text(found.versions)}</span></p>` +
					(body.join("") || `<p class="text-muted">${__("Nothing is written here yet.")}</p>`)
			);
			if (request) {
				dialog.set_primary_action(__("This Solved It"), () =>
					this.note(dialog, article, request, "Solved")
				);
				dialog.set_secondary_action_label(__("Did Not Help"));
				dialog.set_secondary_action(() => this.note(dialog, article, request, "Did Not Help"));
			} else {
				dialog.set_primary_action(__("Open the Article"), () => {
					dialog.hide();
					frappe.set_route("Form", "Knowledge Article", article);
				});
			}
			dialog.show();
		},

		async note(dialog, article, request, outcome) {
			await frappe.xcall(`${this.api}.note_use`, { article, request, outcome });
			dialog.hide();
			frappe.show_alert({ message: __("Noted on the article"), indicator: "green" });
			support_service.knowledge.noted?.();
		},
	};
}
