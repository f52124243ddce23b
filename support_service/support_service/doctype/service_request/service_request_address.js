// Whether links that answer for the customer may go to the address of the request, and what could not be told to anybody.
frappe.provide("support_service.case_address");

support_service.case_address = {
	async show(frm) {
		if (frm.is_new() || !frm.doc.contact_email) return;
		const name = frm.doc.name;
		const state = await this.call("address_state", name);
		if (frm.doc.name !== name || !state.why_not) return;
		const field = frm.get_field("contact_email");
		field.set_description(frappe.utils.escape_html(state.why_not));
		if (state.waiting) {
			frm.dashboard.add_comment(
				__("A mail to the customer waits: {0}", [frappe.utils.escape_html(state.why_not)]),
				"yellow",
				true
			);
		}
		if (state.may_confirm) frm.add_custom_button(__("Confirm Address"), () => this.confirm(frm));
	},

	confirm(frm) {
		frappe.confirm(
			__("Is {0} really the address of this customer?", [
				frappe.utils.escape_html(frm.doc.contact_email).bold(),
			]),
			async () => {
				await this.call("confirm_address", frm.doc.name);
				frappe.show_alert({ message: __("The address is confirmed."), indicator: "green" });
				frm.reload_doc();
			}
		);
	},

	// steps of which nobody could be notified, with the reason and a way to try again
	show_untold(frm, moves) {
		const untold = moves.filter((move) => !move.told && move.tell_attempts);
		if (!untold.length) return;
		const why = untold.map((move) => move.tell_error).find(Boolean) || "";
		frm.dashboard.add_comment(
			__("Notifications about this request could not be sent yet ({0}). {1}", [
				untold.length,
				frappe.utils.escape_html(why),
			]),
			"yellow",
			true
		);
		const may_ask = ["Service Desk Agent", "After-Sales Lead", "Service Manager", "System Manager"];
		if (!frappe.user.has_role(may_ask)) return;
		frm.add_custom_button(__("Notify Again"), async () => {
			await this.call("notify_again", frm.doc.name);
			frappe.show_alert({
				message: __("The notifications will be sent within a minute."),
				indicator: "green",
			});
			frm.reload_doc();
		});
	},

	call(method, request) {
		return frappe.xcall(`support_service.support_service.api.${method}`, { request });
	},
};
