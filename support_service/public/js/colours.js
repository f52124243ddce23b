// States of the app's documents, their colours and priorities, included by lists, forms, the calendar and the hotline page.
frappe.provide("support_service.colours");

// Cases that are not over. Named one by one: a filter by "in" reads an index, "not in" reads the whole history.
support_service.not_over = [
	"New",
	"Assigned",
	"In Progress",
	"Waiting for Customer",
	"Waiting for Parts",
	"Waiting for Vendor",
	"Resolved",
];

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
	removed_part_status: {
		Due: "orange",
		Received: "blue",
		Tested: "purple",
		"In Repair": "yellow",
		Repaired: "green",
		Scrapped: "gray",
		"Returned to Vendor": "cyan",
		"Returned to Customer": "green",
		Credited: "green",
		"Not Credited": "gray",
		"Left with Customer": "gray",
		Waived: "gray",
		Cancelled: "gray",
	},
	unit_state: {
		"In Service": "green",
		Down: "red",
		"In Repair": "orange",
		Stored: "blue",
		Standby: "purple",
		Retired: "gray",
	},
	loan_status: {
		Requested: "orange",
		Booked: "blue",
		Lent: "purple",
		"Partly Returned": "yellow",
		Returned: "green",
		Cancelled: "gray",
	},
	need_status: {
		Wanted: "orange",
		Reserved: "blue",
		Ordered: "yellow",
		"On Its Way": "purple",
		"In Van": "green",
		Used: "gray",
		Cancelled: "gray",
	},
	survey_status: { Open: "orange", Answered: "green", Expired: "gray" },
	improvement_status: { Open: "orange", Done: "blue", Proved: "green", Dropped: "gray" },
	problem_status: {
		Proposed: "orange",
		"In Analysis": "yellow",
		Known: "blue",
		Fixed: "green",
		Rejected: "gray",
	},
	message_status: {
		Queued: "blue",
		"Waiting for Confirmation": "orange",
		Sending: "blue",
		Sent: "green",
		Failed: "red",
		Skipped: "gray",
	},
	chat_state: { Waiting: "orange", Talking: "blue", Ended: "gray", "Left as Message": "yellow" },
	call_state: { Waiting: "orange", Talking: "blue", Answered: "green", Unanswered: "red" },
	// what a case shows of its promises, and one promise on its own
	clock_state: {
		"On Track": "green",
		Running: "green",
		Warning: "yellow",
		Overdue: "red",
		Paused: "blue",
		Met: "green",
		Missed: "red",
		"Not Needed": "gray",
	},
	// whose words the values are: the context of their translation
	doctype_of: {
		case_status: "Service Request",
		visit_status: "Engineer Visit",
		unit_state: "Installed Unit",
		loan_status: "Equipment Loan",
		need_status: "Part Need",
		survey_status: "Service Survey",
		improvement_status: "Service Improvement",
		problem_status: "Service Problem",
		message_status: "Service Message",
		clock_state: "Service Clock",
		call_state: "Service Call",
	},
	pill(kind, value) {
		const colour = this[kind][value] || "gray";
		return `<span class="indicator-pill ${colour}">${frappe.utils.escape_html(__(value, null, this.doctype_of[kind]))}</span>`;
	},
});
