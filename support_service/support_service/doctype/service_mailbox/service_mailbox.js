frappe.ui.form.on("Service Mailbox", {
	refresh(frm) {
		frm.set_query("connected_user", () => ({ filters: { enabled: 1 } }));
		frm.set_query("outgoing_account", () => ({ filters: { enable_outgoing: 1 } }));
		if (frm.is_new()) return;
		if (frm.doc.last_error) frm.set_intro(frappe.utils.escape_html(frm.doc.last_error), "orange");
		frm.add_custom_button(__("Look Now"), async () => {
			const count = await frappe.xcall("support_service.service_intake.mail.api.look_now", {
				mailbox: frm.doc.name,
			});
			await frm.reload_doc();
			if (!frm.doc.last_error)
				frappe.show_alert({ message: __("{0} messages taken in.", [count]), indicator: "green" });
		});
		frm.add_custom_button(__("Messages"), () =>
			frappe.set_route("List", "Service Mail", { mailbox: frm.doc.name })
		);
	},
});
