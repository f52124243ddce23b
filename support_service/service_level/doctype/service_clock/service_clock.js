// {% include "support_service/public/js/colours.js" %}
// {% include "support_service/public/js/promises.js" %}

// A clock is kept by the app: its form explains it and leads to the request, where leads correct it.
frappe.ui.form.on("Service Clock", {
	// the desk keeps the fields of each document apart: for each one, not once for the form
	onload(frm) {
		frm.get_docfield("kind").formatter = (value) => __(value);
		frm.get_docfield("priority").formatter = (value) => __(value, null, "Service Request");
		frm.get_docfield("target_label").formatter = support_service.promises.target_words;
	},

	refresh(frm) {
		frm.disable_form();
		const { promises } = support_service;
		frm.page.set_indicator(
			promises.time_left(frm.doc.state, frm.doc.due_at),
			promises.colour(frm.doc.state, frm.doc.due_at)
		);
		frm.add_custom_button(__("Open the Request"), () =>
			frappe.set_route("Form", "Service Request", frm.doc.request)
		);
		show_why(frm);
	},
});

async function show_why(frm) {
	const { name } = frm.doc;
	const { explanation, rows } = await frappe.xcall("support_service.service_level.api.history_of", {
		clock: name,
	});
	if (frm.doc.name !== name) return;
	frm.fields_dict.explanation_html.$wrapper.html(
		`<p>${frappe.utils.escape_html(explanation)}</p>${support_service.promises.history_html(rows)}`
	);
}
