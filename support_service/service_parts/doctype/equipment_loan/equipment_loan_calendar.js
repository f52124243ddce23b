// {% include "support_service/public/js/colours.js" %}

frappe.views.calendar["Equipment Loan"] = {
	field_map: {
		start: "from_date",
		end: "until_date",
		id: "name",
		title: "calendar_title",
		status: "status",
		allDay: "all_day",
	},
	style_map: support_service.colours.loan_status,
	order_by: "from_date",
	gantt: false,
	// FullCalendar knows Simplified Chinese by another name than Frappe
	options: { locale: frappe.boot.lang === "zh" ? "zh-cn" : frappe.boot.lang },
	filters: [
		{ fieldtype: "Link", fieldname: "customer", options: "Customer", label: __("Customer") },
		{ fieldtype: "Link", fieldname: "engineer", options: "Service Engineer", label: __("Engineer") },
	],
	get_events_method: "support_service.service_parts.loans.desk_api.calendar_events",
	get_css_class(event) {
		return event.days_late ? "red" : support_service.colours.loan_status[event.status] || "gray";
	},
};
