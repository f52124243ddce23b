// {% include "support_service/public/js/knowledge.js" %}

frappe.listview_settings["Knowledge Article"] = {
	add_fields: ["state", "audience"],

	get_indicator(doc) {
		const knowledge = support_service.knowledge;
		return [
			knowledge.words[doc.state]?.() || doc.state,
			knowledge.colours[doc.state] || "gray",
			`state,=,${doc.state}`,
		];
	},

	onload(list) {
		list.page.add_inner_button(__("Search the Articles"), () => frappe.set_route("knowledge"));
		const editor = ["After-Sales Lead", "Service Manager", "System Manager"].some((role) =>
			frappe.user.has_role(role)
		);
		if (!editor) return;
		const api = "support_service.service_knowledge.api";
		list.page.add_menu_item(__("Export for Another Site"), async () => {
			const names = list.get_checked_items(true);
			const data = await frappe.xcall(`${api}.export_articles`, { names: names.length ? names : null });
			const file = new Blob([JSON.stringify(data, null, 1)], { type: "application/json" });
			const link = document.createElement("a");
			link.href = URL.createObjectURL(file);
			link.download = "knowledge-articles.json";
			link.click();
			URL.revokeObjectURL(link.href);
		});
		list.page.add_menu_item(__("Import from Another Site"), () => {
			const input = $('<input type="file" accept="application/json">');
			input.on("change", async () => {
				const data = await input[0].files[0].text();
				const done = await frappe.xcall(`${api}.import_articles`, { data });
				frappe.msgprint(
					__("{0} new, {1} changed, {2} as they were", [done.new, done.changed, done.same])
				);
				list.refresh();
			});
			input.trigger("click");
		});
		list.page.add_menu_item(__("Take Over Help Articles"), async () => {
			const made = await frappe.xcall(`${api}.take_over_help_articles`);
			frappe.msgprint(__("{0} Help Articles are among the articles now", [made]));
			list.refresh();
		});
	},
};
