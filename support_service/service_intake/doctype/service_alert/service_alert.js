frappe.ui.form.on("Service Alert", {
	refresh(frm) {
		frm.disable_save();
		if (frm.doc.progress !== "Quarantined") return;
		frm.set_intro(
			__("This alert has failed several times and is set aside: {0}", [
				frappe.utils.escape_html(frm.doc.error || ""),
			]),
			"red"
		);
		frm.add_custom_button(__("Try Again"), async () => {
			await frappe.xcall("support_service.service_intake.alerts.api.try_again", {
				alert: frm.doc.name,
			});
			frappe.show_alert({
				message: __("The alert is taken up again in a minute."),
				indicator: "green",
			});
			frm.reload_doc();
		});
	},
});
