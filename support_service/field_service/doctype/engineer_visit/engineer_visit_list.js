// {% include "support_service/public/js/colours.js" %}

frappe.listview_settings["Engineer Visit"] = {
	add_fields: ["status", "outcome", "visit_type", "planned_start"],
	has_indicator_for_draft: true,
	has_indicator_for_cancelled: true,
	hide_name_column: false,

	get_indicator(doc) {
		const colour = support_service.colours.visit_status[doc.status] || "gray";
		return [__(doc.status, null, "Engineer Visit"), colour, `status,=,${doc.status}`];
	},

	onload(listview) {
		listview.page.add_inner_button(__("Calendar"), () =>
			frappe.set_route("List", "Engineer Visit", "Calendar", "default")
		);
	},
};
