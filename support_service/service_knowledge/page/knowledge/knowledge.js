// {% include "support_service/public/js/knowledge.js" %}

frappe.pages["knowledge"].on_page_load = function (wrapper) {
	const page = frappe.ui.make_app_page({
		parent: wrapper,
		title: __("Search the Articles"),
		single_column: true,
	});
	wrapper.knowledge_search = new support_service.KnowledgeSearch(page);
};

frappe.pages["knowledge"].on_page_show = function (wrapper) {
	wrapper.knowledge_search?.input.trigger("focus");
};

// One field, the answers below it, best first.
support_service.KnowledgeSearch = class KnowledgeSearch {
	constructor(page) {
		this.page = page;
		this.knowledge = support_service.knowledge;
		this.body = $(`
			<div class="knowledge-search">
				<form class="mb-3" role="search">
					<input type="search" class="form-control" maxlength="200" autocomplete="off"
						placeholder="${__("A fault, a model number, some words; Enter searches")}"
						aria-label="${__("Search")}">
					<label class="text-muted small mt-2"><input type="checkbox" class="mr-1"> ${__("Also what is outdated")}</label>
				</form>
				<div class="knowledge-found" aria-live="polite"></div>
			</div>`).appendTo(page.main);
		this.input = this.body.find("input[type=search]");
		this.outdated = this.body.find("input[type=checkbox]");
		this.found = this.body.find(".knowledge-found");
		this.body.find("form").on("submit", (event) => {
			event.preventDefault();
			this.search();
		});
		this.outdated.on("change", () => this.search());
		this.found.on("click", "[data-article]", (event) => {
			event.preventDefault();
			this.knowledge.preview($(event.currentTarget).data("article"));
		});
		if (frappe.model.can_create("Knowledge Article")) {
			page.set_primary_action(__("Write an Article"), () =>
				frappe.new_doc("Knowledge Article", { title: this.input.val().trim() })
			);
		}
		page.add_inner_button(__("All Articles"), () => frappe.set_route("List", "Knowledge Article"));
	}

	async search() {
		const text = this.input.val().trim();
		if (!text) return;
		const outdated = this.outdated.prop("checked") ? 1 : 0;
		const found = await frappe.xcall(`${this.knowledge.api}.search`, { text, outdated });
		if (text !== this.input.val().trim()) return;
		this.found.html(
			found.length
				? `<ul class="list-unstyled">${found.map((one) => this.row(one)).join("")}</ul>`
				: `<p class="text-muted">${__("Nothing is written about this yet. It is on the list of searches without a result.")}</p>`
		);
	}

	row(one) {
		const text = this.knowledge.text(one.excerpt);
		return `<div class="mb-3">${this.knowledge.row(one)}<div class="text-muted">${text}</div></div>`;
	}
};
