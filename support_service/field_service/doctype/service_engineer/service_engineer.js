// {% include "support_service/public/js/colours.js" %}

frappe.ui.form.on("Service Engineer", {
	setup(frm) {
		frm.set_query("team", () => ({ filters: { disabled: 0 } }));
		frm.set_query("van_warehouse", () => ({ filters: { is_group: 0, disabled: 0 } }));
		frm.set_query("user", () => ({ filters: { enabled: 1, user_type: "System User" } }));
	},

	refresh(frm) {
		if (frm.is_new()) return;
		frm.add_custom_button(__("Open Cases"), () => {
			frappe.route_options = { engineer: frm.doc.name, status: ["in", support_service.not_over] };
			frappe.set_route("List", "Service Request");
		});
		frm.add_custom_button(__("Visits", null, "Engineer Visit"), () => {
			frappe.route_options = { engineer: frm.doc.name };
			frappe.set_route("List", "Engineer Visit", "Calendar", "default");
		});
	},
});
