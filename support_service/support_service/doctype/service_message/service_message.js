frappe.ui.form.on("Service Message", {
	refresh(frm) {
		frm.disable_save();
		if (frm.doc.status !== "Failed") return;
		frm.add_custom_button(__("Send Again"), async () => {
			await frappe.call({
				method: "support_service.support_service.api.send_again",
				args: { message: frm.doc.name },
				freeze: true,
			});
			frappe.show_alert({ message: __("The message will be sent in a minute."), indicator: "green" });
			frm.reload_doc();
		});
	},
});
