// {% include "support_service/public/js/coverage_view.js" %}
// {% include "support_service/public/js/decision_actions.js" %}

frappe.ui.form.on("Coverage Decision", {
	async refresh(frm) {
		frm.disable_save();
		const wrapper = frm.fields_dict.explanation_html.$wrapper.empty();
		if (frm.is_new()) return;
		const name = frm.doc.name;
		const found = await frappe.xcall("support_service.service_charging.api.explain", {
			decision: name,
		});
		if (frm.doc.name !== name) return;
		wrapper.html(support_service.coverage_view.decision(found));
		const latest = () => frappe.set_route("Form", "Service Request", frm.doc.service_request);
		support_service.decision_actions.add(frm, found, found.may, latest);
	},
});
