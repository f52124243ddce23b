// {% include "support_service/public/js/call_back_actions.js" %}

frappe.ui.form.on("Service Call Back", {
	refresh(frm) {
		frm.disable_save();
		if (frm.doc.state !== "Open") return;
		const actions = support_service.call_back_actions;
		const name = frm.doc.name;
		const desk = frappe.user.has_role(["Service Desk Agent", "After-Sales Lead", "Service Manager"]);
		frm.add_custom_button(__("Called Back"), () => actions.close(name, () => frm.reload_doc())).addClass(
			"btn-primary"
		);
		if (frm.doc.assigned_to !== frappe.session.user) {
			frm.add_custom_button(__("Take"), async () => {
				await actions.take(name);
				frm.reload_doc();
			});
		}
		if (desk) {
			frm.add_custom_button(__("Assign"), () => actions.assign(name, () => frm.reload_doc()));
			frm.add_custom_button(__("Open in the Hotline"), () => {
				frappe.route_options = frm.doc.customer
					? { customer: frm.doc.customer }
					: { text: frm.doc.number };
				frappe.set_route("hotline");
			});
		}
	},
});
