frappe.ui.form.on("Service Webhook Delivery", {
	refresh(frm) {
		frm.disable_save();
		if (frm.doc.status === "Sent") return;
		frm.add_custom_button(__("Send Again"), async () => {
			await frappe.xcall("support_service.service_api.webhooks.api.send_again", {
				delivery: frm.doc.name,
			});
			frappe.show_alert({ message: __("The delivery will be sent in a minute."), indicator: "green" });
			frm.reload_doc();
		});
	},
});
