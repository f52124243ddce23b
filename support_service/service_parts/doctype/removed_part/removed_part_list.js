// {% include "support_service/public/js/colours.js" %}

frappe.listview_settings["Removed Part"] = {
	add_fields: ["status", "due_on", "serial_no", "handed_in_on", "service_request"],
	filters: [["status", "=", "Due"]],
	hide_name_column: false,

	// a phone shows only the subject and the indicator: what it is, of which case, and until when
	formatters: {
		item_code(value, df, doc) {
			return [value, doc.service_request].filter(Boolean).join(" · ");
		},
	},

	get_indicator(doc) {
		const today = frappe.datetime.get_today();
		if (doc.status === "Due" && doc.due_on) {
			const late = frappe.datetime.get_day_diff(today, doc.due_on);
			if (late > 0) {
				return [__("{0} days late", [late]), "red", `status,=,Due|due_on,<,${today}`];
			}
			// day and month: more has no room on a phone
			const day = frappe.datetime.str_to_obj(doc.due_on).toLocaleDateString(frappe.boot.lang || "en", {
				month: "short",
				day: "numeric",
			});
			return [__("due on {0}", [day]), "orange", `status,=,Due|due_on,=,${doc.due_on}`];
		}
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
