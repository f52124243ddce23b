frappe.ui.form.on("Service Robot", {
	refresh(frm) {
		if (frm.is_new() || frm.doc.disabled || !frm.perm[0].write) return;
		frm.add_custom_button(__("Send a Test Message"), async () => {
			const answer = await frappe.xcall("support_service.support_service.api.test_robot", {
				robot: frm.doc.name,
			});
			frappe.show_alert({ message: answer, indicator: "green" });
			frm.reload_doc();
		});
	},
});
