// Colours of the app's states and priorities, included by lists, forms, the calendar and the hotline page.
frappe.provide("support_service.colours");

Object.assign(support_service.colours, {
	case_status: {
		New: "orange",
		Assigned: "blue",
		"In Progress": "purple",
		"Waiting for Customer": "yellow",
		"Waiting for Parts": "yellow",
		"Waiting for Vendor": "yellow",
		Resolved: "cyan",
		Closed: "green",
		Cancelled: "gray",
	},
	priority: { Critical: "red", High: "orange", Medium: "blue", Low: "gray" },
	visit_status: {
		Planned: "blue",
		"On the Way": "orange",
		"On Site": "purple",
		Completed: "green",
		Cancelled: "gray",
	},
	unit_state: {
		"In Service": "green",
		Down: "red",
		"In Repair": "orange",
		Stored: "blue",
		Retired: "gray",
	},
	survey_status: { Open: "orange", Answered: "green", Expired: "gray" },
	message_status: { Queued: "blue", Sent: "green", Failed: "red", Skipped: "gray" },
	pill(kind, value) {
		const colour = this[kind][value] || "gray";
		return `<span class="indicator-pill ${colour}">${frappe.utils.escape_html(__(value))}</span>`;
	},
});
