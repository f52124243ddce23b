frappe.ui.form.on("Service Call", {
	refresh(frm) {
		frm.disable_save();
		const link = frm.doc.recording_url;
		if (/^(https?:\/\/|\/)/.test(link || "")) frm.add_web_link(link, __("Recording"));
	},
});
