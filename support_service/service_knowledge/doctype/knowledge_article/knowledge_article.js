// {% include "support_service/public/js/knowledge.js" %}

frappe.ui.form.on("Knowledge Article", {
	refresh(frm) {
		const knowledge = support_service.knowledge;
		frm.page.set_indicator(
			knowledge.words[frm.doc.state]?.() || frm.doc.state,
			knowledge.colours[frm.doc.state]
		);
		if (frm.is_new()) return;
		frm.trigger("show_steps");
		frm.trigger("show_vote");
		if (frm.doc.state !== "Draft" && !frm.perm[0]?.write) frm.disable_save();
		if (frm.doc.help_article) {
			frm.add_custom_button(__("Help Article"), () =>
				frappe.set_route("Form", "Help Article", frm.doc.help_article)
			);
		}
		frm.set_intro(
			frm.doc.audience === "Staff"
				? ""
				: __("Files attached here can be downloaded by the customers who may read the article."),
			"blue"
		);
	},

	async show_steps(frm) {
		const { name, modified } = frm.doc;
		const steps = await frappe.xcall("support_service.service_knowledge.api.steps", { article: name });
		if (frm.doc.name !== name || frm.doc.modified !== modified) return;
		for (const step of steps) {
			frm.add_custom_button(step.label, () => take(frm, step)).addClass(
				["review", "publish"].includes(step.action) ? "btn-primary" : ""
			);
		}
	},

	async show_vote(frm) {
		if (frm.doc.state === "Draft") return;
		const vote = (helpful) => async () => {
			const article = frm.doc.name;
			await frappe.xcall("support_service.service_knowledge.api.vote", { article, helpful });
			frappe.show_alert({ message: __("Thank you"), indicator: "green" });
			frm.reload_doc();
		};
		frm.add_custom_button(__("Helpful"), vote(true), __("Vote"));
		frm.add_custom_button(__("Not Helpful"), vote(false), __("Vote"));
	},

	audience(frm) {
		if (frm.doc.audience !== "One Customer") frm.set_value("customer", null);
	},
});

function take(frm, step) {
	const go = async (reason = "") => {
		const article = frm.doc.name;
		await frappe.xcall("support_service.service_knowledge.api.step", {
			article,
			action: step.action,
			reason,
		});
		frm.reload_doc();
	};
	if (frm.is_dirty()) {
		frappe.msgprint(__("Please save the article first."));
		return;
	}
	if (!step.needs_reason) {
		go();
		return;
	}
	frappe.prompt(
		{ fieldtype: "Small Text", fieldname: "reason", label: __("Why?"), reqd: 1 },
		({ reason }) => go(reason),
		step.label
	);
}
