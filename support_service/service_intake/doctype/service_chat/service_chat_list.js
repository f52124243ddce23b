// {% include "support_service/public/js/colours.js" %}

frappe.listview_settings["Service Chat"] = {
	add_fields: ["state"],

	get_indicator(doc) {
		const colour = support_service.colours.chat_state[doc.state] || "gray";
		const words = {
			Waiting: __("Waiting", null, "Service Chat"),
			Talking: __("Talking", null, "Service Chat"),
			Ended: __("Ended", null, "Service Chat"),
			"Left as Message": __("Left as Message", null, "Service Chat"),
		};
		return [words[doc.state] || doc.state, colour, `state,=,${doc.state}`];
	},

	onload(list) {
		list.page.add_inner_button(__("Service Chats"), () => frappe.set_route("service-chats"));
	},
};
