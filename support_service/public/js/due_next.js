// What is due next, on the workspace: the promises that run, the earliest first, each leading to its request.
frappe.provide("support_service.due_next");

Object.assign(support_service.due_next, {
	rows: 8,
	look_ms: 60 * 1000,
	shown: support_service.due_next.shown || new Set(),

	// Drawn into `container`, which may stand in a shadow tree, and drawn again for as long as it is on the page.
	show(container) {
		if (!this.following) {
			$(document).on("service-promises-tick", () => this.look());
			this.following = true;
		}
		support_service.promises.roots.add(container);
		this.shown.add(container);
		return this.draw(container);
	},

	look() {
		for (const container of this.shown) {
			if (!container.isConnected) {
				support_service.promises.roots.delete(container);
				this.shown.delete(container);
			} else if (container.offsetParent && !document.hidden && this.is_old(container)) {
				this.draw(container);
			}
		}
	},

	is_old(container) {
		return Date.now() - Number(container.dataset.seen) >= this.look_ms;
	},

	async draw(container) {
		container.dataset.seen = Date.now();
		const clocks = await frappe.db.get_list("Service Clock", {
			fields: ["request", "subject", "customer", "kind", "state", "due_at"],
			filters: { state: ["in", support_service.promises.running] },
			order_by: "due_at asc",
			limit: this.rows,
		});
		const body = clocks.map((clock) => this.row(clock)).join("") || this.nothing();
		container.innerHTML = `<div class="widget-head mb-2"><b>${__("Due Next")}</b></div>${body}`;
	},

	row(clock) {
		const escape = frappe.utils.escape_html;
		const title = support_service.promises.due_title(clock.kind, clock.due_at);
		return `<a class="due-next-row" href="${frappe.utils.get_form_link("Service Request", clock.request)}">
			${support_service.promises.pill(clock.state, clock.due_at, title)}
			<span class="due-next-kind">${escape(__(clock.kind))}</span>
			<span class="due-next-subject">${escape(clock.subject || clock.request)}</span>
			<span class="due-next-customer text-muted">${escape(clock.customer || "")}</span>
		</a>`;
	},

	nothing() {
		return `<p class="text-muted mb-0">${__("No promise is running.")}</p>`;
	},
});
