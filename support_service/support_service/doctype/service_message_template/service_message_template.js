// Which fields a template may use, the built-in text to begin with, and what it looks like with a request.
const TEXTS = "support_service.support_service.messaging.texts.api";

frappe.ui.form.on("Service Message Template", {
	async onload(frm) {
		frm.offered = await frappe.xcall(`${TEXTS}.message_events`);
		frm.set_df_property("event", "options", frm.offered);
		show_fields(frm);
	},

	refresh(frm) {
		show_failure(frm);
		show_fields(frm);
		show_preview_controls(frm);
		if (!frm.perm[0].write) return;
		frm.add_custom_button(__("Begin with the Built-in Text"), () => begin_with_built_in(frm));
		frm.add_custom_button(__("Preview"), () => preview(frm));
	},

	event: show_fields,
});

function show_failure(frm) {
	frm.set_intro("");
	if (!frm.doc.last_error) return;
	const when = frappe.datetime.str_to_user(frm.doc.failed_on);
	const text = __("Failed on {0}, the built-in text was sent: {1}", [when, frm.doc.last_error]);
	frm.set_intro(frappe.utils.escape_html(text), "red");
}

function show_fields(frm) {
	const $place = frm.fields_dict.fields_html.$wrapper.empty();
	const event = (frm.offered || []).find((one) => one.value === frm.doc.event);
	if (!event) return;
	const escape = frappe.utils.escape_html;
	const rows = event.fields.map(([name, says]) => {
		const needed = event.needs.includes(name)
			? ` <span class="indicator-pill orange">${__("must stand in the mail")}</span>`
			: "";
		return `<tr><td><code>{{ ${escape(name)} }}</code></td><td>${escape(says)}${needed}</td></tr>`;
	});
	$place.html(`<div class="table-responsive"><table class="table table-sm small"><tbody>${rows.join("")}
		</tbody></table></div>`);
}

async function begin_with_built_in(frm) {
	if (!frm.doc.event || !frm.doc.language) {
		frappe.msgprint(__("Choose the event and the language first."));
		return;
	}
	const text = await frappe.xcall(`${TEXTS}.built_in_text`, {
		event: frm.doc.event,
		language: frm.doc.language,
	});
	const take = () =>
		frm.set_value({
			use_html: 1,
			subject: text.subject,
			mail_html: text.mail,
			short_text: text.short_text,
		});
	if (!frm.doc.subject && !frm.doc.mail && !frm.doc.mail_html && !frm.doc.short_text) return take();
	frappe.confirm(__("Replace what is written here by the built-in text?"), take);
}

function show_preview_controls(frm) {
	frm.toggle_display("sb_preview", Boolean(frm.perm[0].write));
	const $place = frm.fields_dict.preview_html.$wrapper;
	if (frm.preview_of) return;
	$place.html(
		'<div class="row"><div class="col-sm-6 preview-request"></div></div><div class="preview-text"></div>'
	);
	frm.preview_of = frappe.ui.form.make_control({
		parent: $place.find(".preview-request"),
		df: {
			fieldname: "preview_request",
			fieldtype: "Link",
			options: "Service Request",
			label: __("Preview with the Request"),
			change: () => preview(frm),
		},
		render_input: true,
	});
}

async function preview(frm) {
	const request = frm.preview_of.get_value();
	const $text = frm.fields_dict.preview_html.$wrapper.find(".preview-text").empty();
	if (!request) {
		frm.scroll_to_field("preview_html");
		frm.preview_of.set_focus();
		return;
	}
	const { event, language, subject, use_html, mail, mail_html, short_text } = frm.doc;
	const shown = await frappe.xcall(`${TEXTS}.preview_text`, {
		text: { event, language, subject, use_html, mail, mail_html, short_text },
		request,
	});
	const escape = frappe.utils.escape_html;
	const failed = shown.error
		? `<div class="alert alert-danger small">${escape(
				__("It cannot be filled in, so the built-in text would be sent: {0}", [shown.error])
			)}</div>`
		: "";
	$text.html(`${failed}
		<div class="text-muted small">${__("Subject")}</div><p><b>${escape(shown.subject)}</b></p>
		<div class="text-muted small">${__("Mail")}</div>
		<iframe class="border rounded w-100" style="height: 300px; background: white" sandbox="" title="${__("Mail")}"></iframe>
		<div class="text-muted small mt-3">${__("Text Message")}</div>
		<pre class="border rounded p-3" style="white-space: pre-wrap">${escape(shown.short)}</pre>
		<div class="text-muted small">${__("{0} characters", [Array.from(shown.short).length])}</div>`);
	// what somebody wrote runs nothing here: a frame without rights
	$text.find("iframe").attr("srcdoc", `<body style="font-family: sans-serif">${shown.mail}</body>`);
}
