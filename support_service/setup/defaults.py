"""Editable defaults, seeded once: an admin's later changes are never overwritten."""

import frappe

IMPACTS = ("High", "Medium", "Low")
PRIORITIES = ("Critical", "High", "Medium", "Low", "Low")  # by rank of impact + rank of urgency

PRIORITY_RULES = [
	{"impact": impact, "urgency": urgency, "priority": PRIORITIES[i + j]}
	for i, impact in enumerate(IMPACTS)
	for j, urgency in enumerate(IMPACTS)
]

QUEUE_OF_REQUEST_TYPE = {
	"Fault": "After-Sales",
	"Repair": "After-Sales",
	"Installation": "After-Sales",
	"Complaint": "After-Sales",
	"Training": "After-Sales",
	"Change Request": "Technical Support",
	"Upgrade": "Technical Support",
	"Inquiry": "Pre-Sales",
	"Spare Part": "Pre-Sales",
}

ROUTING_RULES = [
	{"request_type": request_type, "department_queue": queue}
	for request_type, queue in QUEUE_OF_REQUEST_TYPE.items()
]


def seed_settings() -> None:
	"""Fill the empty tables of Support Service Settings and its plain defaults."""
	settings = frappe.get_single("Support Service Settings")
	tables = {"priority_rules": PRIORITY_RULES, "routing_rules": ROUTING_RULES}
	empty = {field: rows for field, rows in tables.items() if not settings.get(field)}
	if not empty:
		return
	for field, rows in empty.items():
		settings.extend(field, rows)
	settings.flags.ignore_mandatory = True
	settings.save()
