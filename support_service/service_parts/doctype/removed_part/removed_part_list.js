// {% include "support_service/public/js/colours.js" %}

frappe.listview_settings["Removed Part"] = {
	add_fields: ["status", "due_on", "serial_no", "handed_in_on"],
	filters: [["status", "=", "Due"]],
	hide_name_column: false,

	get_indicator(doc) {
		const late = doc.status === "Due" && doc.due_on && doc.due_on < frappe.datetime.get_today();
		if (late) return [__("Overdue"), "red", `status,=,Due|due_on,<,${frappe.datetime.get_today()}`];
		const colour = support_service.colours.removed_part_status[doc.status] || "gray";
		return [__(doc.status, null, "Removed Part"), colour, `status,=,${doc.status}`];
	},

	// an engineer begins with what they have to bring back themselves
	onload(listview) {
		const has = (...roles) => roles.some((role) => frappe.user.has_role(role));
		if (!has("Service Engineer")) return;
		if (has("After-Sales Lead", "Service Manager", "Stock User", "Stock Manager")) return;
		if (frappe.route_options) return;
		listview.filter_area.add([["Removed Part", "engineer_user", "=", frappe.session.user]]);
	},
};
