frappe.ui.form.on("Service Mail", {
	refresh(frm) {
		frm.disable_save();
		show_message(frm);
		frm.add_custom_button(__("Download the Message"), () =>
			window.open(
				frappe.urllib.get_full_url(
					`/api/method/support_service.service_intake.mail.api.raw?mail=${encodeURIComponent(
						frm.doc.name
					)}`
				)
			)
		);
		if (frm.doc.state === "Processed") return;
		frm.add_custom_button(__("Open a Request"), () => open_request(frm));
		frm.add_custom_button(__("Add to a Request"), () => add_to_request(frm));
		frm.add_custom_button(__("Work Off Again"), () => act(frm, "replay"));
		if (frm.doc.state !== "Ignored")
			frm.add_custom_button(__("Mark as Automatic"), () => act(frm, "mark_as_automatic"));
	},
});

async function show_message(frm) {
	const field = frm.get_field("message_html");
	field.$wrapper.empty();
	const view = await frappe.xcall("support_service.service_intake.mail.api.view", { mail: frm.doc.name });
	const escape = frappe.utils.escape_html;
	const attachments = view.attachments
		.map((one) => `<li>${escape(one.name)} (${escape(one.kind)}, ${one.size} B)</li>`)
		.join("");
	const headers = view.headers.map((one) => `${one.name}: ${one.value}`).join("\n");
	field.$wrapper.html(`
		<pre class="small" style="white-space: pre-wrap; overflow-wrap: anywhere;">${escape(view.text)}</pre>
		${attachments ? `<p class="text-muted">${__("Attachments")}</p><ul>${attachments}</ul>` : ""}
		<details><summary>${__("Headers")}</summary>
		<pre class="small" style="white-space: pre-wrap; overflow-wrap: anywhere;">${escape(headers)}</pre></details>`);
}

function open_request(frm) {
	frappe.prompt(
		[{ fieldname: "customer", fieldtype: "Link", options: "Customer", label: __("Customer") }],
		(values) => act(frm, "open_request", { customer: values.customer || null }),
		__("Open a Request"),
		__("Open")
	);
}

function add_to_request(frm) {
	frappe.prompt(
		[
			{
				fieldname: "request",
				fieldtype: "Link",
				options: "Service Request",
				label: __("Service Request"),
				reqd: 1,
			},
		],
		(values) => act(frm, "add_to_request", values),
		__("Add to a Request"),
		__("Add")
	);
}

async function act(frm, action, args = {}) {
	const state = await frappe.xcall(`support_service.service_intake.mail.api.${action}`, {
		mail: frm.doc.name,
		...args,
	});
	await frm.reload_doc();
	frappe.show_alert({
		message: frm.doc.request || __(state, null, "Service Mail"),
		indicator: state === "Quarantined" ? "orange" : "green",
	});
}
