// {% include "support_service/public/js/colours.js" %}

frappe.ui.form.on("Service Problem", {
	refresh(frm) {
		if (frm.is_new()) return;
		const colour = support_service.colours.problem_status[frm.doc.status] || "gray";
		frm.page.set_indicator(__(frm.doc.status, null, frm.doctype), colour);
		if (frm.doc.status === "Proposed") {
			frm.set_intro(
				__(
					"These requests sound alike. If it is one problem, choose who analyses it and set In Analysis; else Rejected."
				),
				"blue"
			);
		}
		if (frappe.model.can_create("Service Improvement")) {
			frm.add_custom_button(__("Improvement"), () =>
				frappe.new_doc("Service Improvement", {
					service_problem: frm.doc.name,
					title: frm.doc.title,
					responsible: frm.doc.responsible,
				})
			);
		}
	},
});
