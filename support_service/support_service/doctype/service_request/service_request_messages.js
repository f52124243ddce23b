// What reached whom of a request, by which way and when; what waits, and what can be sent again.
frappe.provide("support_service.case_messages");

Object.assign(support_service.case_messages, {
	api: "support_service.support_service.api",

	// the ways are those of the installed apps
	async offer_ways(frm) {
		this.ways = this.ways || frappe.xcall(`${this.api}.message_ways`);
		const ways = await this.ways;
		frm.set_df_property("preferred_channel", "options", ways);
		frm.get_docfield("preferred_channel").formatter = (value) => frappe.utils.escape_html(__(value));
	},

	async show(frm) {
		const request = frm.doc.name;
		const rows = await support_service.asked_by_form(frm, `${this.api}.messages_of`, { request });
		if (!rows) return;
		const $place = frm.fields_dict.messages_html.$wrapper.empty();
		this.say_what_failed(frm, rows);
		if (!rows.length) {
			$place.html(`<p class="text-muted">${__("Nothing was written to the customer yet.")}</p>`);
			return;
		}
		const $list = $('<div class="service-messages">').appendTo($place);
		for (const row of rows) $list.append(this.row(frm, row));
	},

	row(frm, row) {
		const escape = frappe.utils.escape_html;
		const may_open = frappe.model.can_read("Service Message");
		const about = may_open
			? `<a href="${escape(frappe.utils.get_form_link("Service Message", row.name))}">${escape(row.about || "")}</a>`
			: escape(row.about || "");
		const whom = row.to_customer ? __("Customer") : __("Our People");
		const line = [whom, __(row.way), row.recipient].filter(Boolean).map(escape).join(" · ");
		const $row = $(`<div class="border-bottom py-3 service-message">
			<div class="d-flex flex-wrap justify-content-between align-items-start" style="gap: 8px">
				<div><b>${about}</b> ${support_service.colours.pill("message_status", row.status)}</div>
				<span class="small text-muted">${escape(frappe.datetime.str_to_user(row.at))}</span>
			</div>
			<div class="small text-muted" style="overflow-wrap: anywhere">${line}</div>
			${row.says ? `<div class="small mt-1" style="overflow-wrap: anywhere">${escape(row.says)}</div>` : ""}
		</div>`);
		if (row.again) {
			$(`<button type="button" class="btn btn-default btn-xs mt-2">${__("Send Again")}</button>`)
				.on("click", (event) => this.send_again(frm, row, event.currentTarget))
				.appendTo($row);
		}
		return $row;
	},

	async send_again(frm, row, button) {
		button.disabled = true;
		try {
			await frappe.xcall(`${this.api}.send_again`, { message: row.name });
			frappe.show_alert({ message: __("The message will be sent in a minute."), indicator: "green" });
		} finally {
			await this.show(frm);
		}
	},

	// what the customer should have read and did not is not hidden behind a tab
	say_what_failed(frm, rows) {
		const failed = rows.filter((row) => row.again && row.to_customer && !row.followed);
		if (!failed.length || frm.said_what_failed === frm.doc.name) return;
		frm.said_what_failed = frm.doc.name;
		frm.dashboard.add_comment(
			__("Messages that did not reach the customer: {0}. See {1}.", [
				failed.length,
				__("Service Messages").bold(),
			]),
			"yellow",
			true
		);
	},
});
