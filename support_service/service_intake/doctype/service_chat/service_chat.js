frappe.ui.form.on("Service Chat", {
	refresh(frm) {
		frm.disable_save();
		if (["Waiting", "Talking"].includes(frm.doc.state)) {
			frm.add_custom_button(__("Open the chat"), () => frappe.set_route("service-chats", frm.doc.name));
		}
	},
});
