"""Names of other documents in coverage decisions and on what charges for them; see foundation/names/stored_names.py."""

from __future__ import annotations

from support_service.foundation.names.stored_names import How, StoredName

DECISION, LINE = "Coverage Decision", "Coverage Decision Line"
WARRANTY, CONTRACT = "Service Warranty", "Service Contract"

STORED = (
	StoredName(
		DECISION, "decision_key", ("Service Request",), "A request keeps its number.", how=How.LASTING
	),
	StoredName(
		DECISION,
		"answered_by",
		("User",),
		"Who answered, by the address used then; shown as history.",
		how=How.KEEPS,
	),
	StoredName(
		LINE,
		"details",
		(WARRANTY, CONTRACT),
		"Warranties and contracts keep their numbers.",
		how=How.LASTING,
	),
	StoredName(
		LINE,
		"details",
		("Item", "Serial No", "Item Group", "Cost Center"),
		"The reasons as they were found; a decision that must change is made anew.",
		how=How.KEEPS,
	),
	StoredName(
		LINE, "description", ("Item",), "The name shown to the customer when it was decided.", how=How.KEEPS
	),
	StoredName(
		LINE,
		"voucher_row",
		("Engineer Visit Part",),
		"Rows are named by Frappe at random, and renamed by nobody.",
		how=How.KEEPS,
	),
	StoredName(
		"Sales Invoice", "service_charge_key", (DECISION,), "A decision keeps its number.", how=How.LASTING
	),
	StoredName(
		"Quotation", "service_charge_key", (DECISION,), "A decision keeps its number.", how=How.LASTING
	),
	StoredName(
		"Timesheet", "service_visit_key", ("Engineer Visit",), "A visit keeps its number.", how=How.LASTING
	),
)
