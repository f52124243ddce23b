// {% include "support_service/public/js/colours.js" %}

frappe.views.calendar["Engineer Visit"] = {
	field_map: {
		start: "planned_start",
		end: "planned_end",
		id: "name",
		title: "calendar_title",
		status: "status",
	},
	style_map: support_service.colours.visit_status,
	order_by: "planned_start",
	gantt: false,
	// FullCalendar knows Simplified Chinese by another name than Frappe
	options: { locale: frappe.boot.lang === "zh" ? "zh-cn" : frappe.boot.lang },
	filters: [
		{ fieldtype: "Link", fieldname: "engineer", options: "Service Engineer", label: __("Engineer") },
		{ fieldtype: "Link", fieldname: "customer", options: "Customer", label: __("Customer") },
	],
	get_events_method: "support_service.field_service.api.calendar_events",
	get_css_class(event) {
		return support_service.colours.visit_status[event.status] || "gray";
	},
};
