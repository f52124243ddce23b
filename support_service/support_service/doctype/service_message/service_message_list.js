// {% include "support_service/public/js/colours.js" %}

frappe.listview_settings["Service Message"] = {
	add_fields: ["status", "subject"],

	onload(listview) {
		listview.page.add_actions_menu_item(__("Send Again"), async () => {
			const names = listview
				.get_checked_items()
				.filter((message) => message.status === "Failed")
				.map((message) => message.name);
			if (!names.length) {
				frappe.msgprint(__("Only messages that have failed can be sent again."));
				return;
			}
			const queued = await frappe.xcall("support_service.support_service.api.send_many_again", {
				names,
			});
			frappe.show_alert({
				message: __("{0} messages will be sent in a minute.", [queued]),
				indicator: "green",
			});
			listview.refresh();
		});
	},

	get_indicator(doc) {
		const colour = support_service.colours.message_status[doc.status] || "gray";
		return [__(doc.status), colour, `status,=,${doc.status}`];
	},
};
