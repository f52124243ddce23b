// {% include "support_service/public/js/colours.js" %}

frappe.listview_settings["Service Request"] = {
	add_fields: ["status", "priority", "engineer_name", "raised_on", "archived"],
	has_indicator_for_draft: true,
	hide_name_column: false,
	// open cases first: what is closed stays one click away in the filter
	filters: [["Service Request", "status", "in", support_service.not_over]],

	get_indicator(doc) {
		const colour = support_service.colours.case_status[doc.status] || "gray";
		return [__(doc.status, null, "Service Request"), colour, `status,=,${doc.status}`];
	},

	formatters: {
		priority(value) {
			const colour = support_service.colours.priority[value] || "gray";
			return `<span class="indicator ${colour}">${frappe.utils.escape_html(__(value, null, "Service Request"))}</span>`;
		},
		raised_on(value) {
			return value ? frappe.datetime.comment_when(value) : "";
		},
	},

	onload(listview) {
		if (frappe.user.has_role(["Service Desk Agent", "After-Sales Lead", "Service Manager"])) {
			listview.page.add_inner_button(__("Hotline"), () => frappe.set_route("hotline"));
		}
		const mine = { engineer_user: frappe.session.user, status: ["in", support_service.not_over] };
		listview.page.add_menu_item(__("My Open Cases"), () => {
			frappe.route_options = mine;
			frappe.set_route("List", "Service Request", "List");
		});
		listview.page.add_menu_item(__("Unassigned"), () => {
			frappe.route_options = { status: "New" };
			frappe.set_route("List", "Service Request", "List");
		});
	},
};
