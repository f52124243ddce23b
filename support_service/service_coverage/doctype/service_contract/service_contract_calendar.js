// {% include "support_service/public/js/contracts.js" %}

// When contracts end, so that renewals are not forgotten.
frappe.views.calendar["Service Contract"] = {
	field_map: {
		start: "end_date",
		end: "end_date",
		id: "name",
		title: "title",
		status: "status",
		allDay: "all_day",
	},
	style_map: support_service.contracts.colours,
	order_by: "end_date",
	gantt: false,
	// FullCalendar knows Simplified Chinese by another name than Frappe
	options: { locale: frappe.boot.lang === "zh" ? "zh-cn" : frappe.boot.lang },
	filters: [{ fieldtype: "Link", fieldname: "customer", options: "Customer", label: __("Customer") }],
	get_css_class(event) {
		return support_service.contracts.colours[event.status] || "gray";
	},
};
