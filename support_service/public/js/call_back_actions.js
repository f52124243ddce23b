// What somebody does about a call-back, on its form and on the supervisor's page.
frappe.provide("support_service.call_back_actions");

Object.assign(support_service.call_back_actions, {
	API: "support_service.service_intake.calls.api",

	async take(name) {
		await frappe.xcall(`${this.API}.take_call_back`, { call_back: name });
		frappe.show_alert({ message: __("The call-back is yours."), indicator: "green" });
	},

	async assign(name, after) {
		const people = await frappe.xcall(`${this.API}.who_calls_back`);
		const dialog = new frappe.ui.Dialog({
			title: __("Assign the Call-Back"),
			fields: [
				{
					fieldtype: "Autocomplete",
					fieldname: "user",
					label: __("To"),
					options: people,
					reqd: 1,
				},
				{ fieldtype: "Datetime", fieldname: "due_by", label: __("Due By") },
			],
			primary_action_label: __("Assign"),
			primary_action: async (values) => {
				await frappe.xcall(`${this.API}.assign_call_back`, { call_back: name, ...values });
				dialog.hide();
				after();
			},
		});
		dialog.show();
	},

	close(name, after) {
		const dialog = new frappe.ui.Dialog({
			title: __("Called Back"),
			fields: [{ fieldtype: "Small Text", fieldname: "note", label: __("How it ended"), reqd: 1 }],
			primary_action_label: __("Done"),
			primary_action: async (values) => {
				await frappe.xcall(`${this.API}.close_call_back`, { call_back: name, ...values });
				dialog.hide();
				after();
			},
		});
		dialog.show();
	},
});
