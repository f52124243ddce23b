// {% include "support_service/public/js/asked_by_form.js" %}
// {% include "support_service/public/js/coverage_view.js" %}
// {% include "support_service/public/js/decision_actions.js" %}

frappe.ui.form.on("Coverage Decision", {
	async refresh(frm) {
		frm.disable_save();
		const wrapper = frm.fields_dict.explanation_html.$wrapper.empty();
		if (frm.is_new()) return;
		const method = "support_service.service_charging.api.explain";
		const found = await support_service.asked_by_form(frm, method, { decision: frm.doc.name });
		if (!found) return;
		wrapper.html(support_service.coverage_view.decision(found));
		const latest = () => frappe.set_route("Form", "Service Request", frm.doc.service_request);
		support_service.decision_actions.add(frm, found, found.may, latest);
	},
});
