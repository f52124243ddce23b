// The files of a request (with those of its messages), a device or a contract, and which of them its customer is shown. Included by
// the form of a request; the other two forms load it by hooks.py, as their rooms know nothing of the portal.
frappe.provide("support_service");

// the desk loads this file once for each of the forms
if (!support_service.shown_files) {
	const API = "support_service.customer_portal.desk_api";

	support_service.shown_files = {
		// Draw the list into `wrapper`; who may change the document marks files there.
		async show(frm, wrapper) {
			wrapper.empty();
			const { doctype, name } = frm.doc;
			const files = await frappe.xcall(`${API}.files_of`, { doctype, name });
			// the answer may arrive after the user went on to another document
			if (frm.doc.name !== name) return;
			const rule =
				doctype === "Service Request"
					? __(
							"The customer sees what they sent, what was sent to them with a message, and what you show them. Everything else is for staff only, also at its own address."
						)
					: __(
							"The customer sees what you show them. Everything else is for staff only, also at its own address."
						);
			const writes = Boolean(frm.perm[0]?.write);
			const rows = files.map((file) => this.row(file, writes)).join("");
			const none = `<p>${__("No files yet.")}</p>`;
			wrapper.html(
				`<p class="text-muted">${rule}</p>${files.length ? `<ul class="list-unstyled">${rows}</ul>` : none}`
			);
			wrapper.find("[data-mark]").on("click", async (event) => {
				const button = $(event.currentTarget).prop("disabled", true);
				try {
					await frappe.xcall(`${API}.show_file`, {
						file: button.attr("data-mark"),
						shown: Number(button.attr("data-shown")),
					});
				} finally {
					this.show(frm, wrapper);
				}
			});
		},

		row(file, writes) {
			const escape = frappe.utils.escape_html;
			const [seen, colour] = file.shown
				? [__("The customer sees it"), "green"]
				: [__("Staff only"), "gray"];
			const about = [
				file.owner_name,
				frappe.datetime.str_to_user(file.creation),
				file.with_message ? __("with a message") : "",
			].filter(Boolean);
			// what the customer has sent, or was sent, is theirs to see already
			const may_mark = writes && !file.with_message && (file.marked || !file.shown);
			const label = file.marked ? __("Hide from Customer") : __("Show to Customer");
			const button = `<button type="button" class="btn btn-default btn-xs ml-2" data-mark="${escape(file.name)}" data-shown="${file.marked ? 0 : 1}">${label}</button>`;
			return `<li class="mb-2">
				<a href="${escape(encodeURI(file.file_url || ""))}" target="_blank" rel="noopener">${escape(file.file_name || "")}</a>
				<span class="indicator-pill ${colour} ml-2">${seen}</span>${may_mark ? button : ""}
				<div class="small text-muted">${escape(about.join(" · "))}</div>
			</li>`;
		},

		open(frm) {
			const dialog = new frappe.ui.Dialog({
				title: __("Files for the Customer"),
				fields: [{ fieldname: "listed", fieldtype: "HTML" }],
			});
			dialog.show();
			this.show(frm, dialog.fields_dict.listed.$wrapper);
		},
	};

	for (const doctype of ["Installed Unit", "Service Contract"]) {
		frappe.ui.form.on(doctype, {
			refresh(frm) {
				if (frm.is_new() || !frm.doc.customer) return;
				frm.page.add_menu_item(__("Files for the Customer"), () =>
					support_service.shown_files.open(frm)
				);
			},
		});
	}
}
