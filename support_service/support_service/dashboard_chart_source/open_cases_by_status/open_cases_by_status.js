frappe.provide("frappe.dashboards.chart_sources");

// a source of our own, because Frappe's grouped charts show the values of a field untranslated
frappe.dashboards.chart_sources["Open Cases by Status"] = {
	method: "support_service.support_service.api.open_cases_by_status",
	filters: [],
};
