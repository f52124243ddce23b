// The files of a case and of its messages, and which of them its customer is shown.
frappe.provide("support_service.case_files");

Object.assign(support_service.case_files, {
	async show(frm) {
		const wrapper = frm.fields_dict.files_html.$wrapper.empty();
		const name = frm.doc.name;
		const files = await frappe.xcall("support_service.customer_portal.desk_api.files_of_case", {
			request: name,
		});
		// the answer may arrive after the user went on to another case
		if (frm.doc.name !== name) return;
		const rule = __(
			"The customer sees what they sent and what was sent to them with a message. Everything else is for staff only, also at its own address."
		);
		const rows = files.map((file) => this.row(file)).join("");
		const none = `<p>${__("No files yet.")}</p>`;
		wrapper.html(
			`<p class="text-muted">${rule}</p>${files.length ? `<ul class="list-unstyled">${rows}</ul>` : none}`
		);
	},

	row(file) {
		const escape = frappe.utils.escape_html;
		const [seen, colour] = file.shown
			? [__("The customer sees it"), "green"]
			: [__("Staff only"), "gray"];
		const about = [
			file.owner_name,
			frappe.datetime.str_to_user(file.creation),
			file.with_message ? __("with a message") : "",
		].filter(Boolean);
		return `<li class="mb-2">
			<a href="${escape(encodeURI(file.file_url || ""))}" target="_blank" rel="noopener">${escape(file.file_name || "")}</a>
			<span class="indicator-pill ${colour} ml-2">${seen}</span>
			<div class="small text-muted">${escape(about.join(" · "))}</div>
		</li>`;
	},
});
