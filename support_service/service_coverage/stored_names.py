"""Names of other documents in warranties and contracts; see foundation/names/stored_names.py."""

from __future__ import annotations

from support_service.foundation.names.stored_names import (
	NUMBER_ON_THE_PIECE,
	CachedName,
	How,
	Shape,
	StoredName,
)
from support_service.service_coverage.warranty import policies as warranty_policies

WARRANTY, ENTRY = "Service Warranty", "Service Warranty Entry"
CONTRACT, USE = "Service Contract", "Service Contract Use"
POLICY = warranty_policies.DOCTYPE
DELIVERIES = ("Delivery Note", "Sales Invoice", "Installation Note", "Asset")
CONTRACT_STAYS = "A contract keeps its number."

STORED = (
	StoredName(
		WARRANTY,
		"part_serial",
		("Serial No",),
		"The number of the fitted part, as its row in the unit's ledger says.",
		beside={"part_item": "item_code"},
		again=NUMBER_ON_THE_PIECE,
	),
	StoredName(
		WARRANTY,
		"source_key",
		("Installed Unit",),
		"A unit with a history keeps its number; of others the key only keeps two from being made at once.",
		how=How.KEEPS,
	),
	StoredName(
		ENTRY,
		"entry_key",
		(*DELIVERIES, "Serial No"),
		"The same event is written once, also if its document was renamed between two runs.",
		shape=Shape.TAIL,
		beside={"reference_doctype": "doctype", "reference_name": "name"},
	),
	StoredName(ENTRY, "entry_key", (WARRANTY,), "A warranty keeps its number.", how=How.LASTING),
	StoredName(
		POLICY,
		"scope_summary",
		("Item", "Item Group", "Brand", "Company"),
		"Written anew from the links, which Frappe has renamed.",
		how=How.REBUILT,
		follow=warranty_policies.follow_rename,
	),
	CachedName(
		"support_service.service_coverage.warranty.policies",
		("Item", "Item Group", "Brand", "Company", "Cost Center"),
		"Policies are kept by each process until one of them is `modified`; so is one that names what was renamed.",
		follow=warranty_policies.touch,
	),
	StoredName(USE, "entry_key", ("Engineer Visit", CONTRACT), "Both keep their numbers.", how=How.LASTING),
	StoredName(
		CONTRACT,
		"title",
		("Maintenance Schedule",),
		"A title people give and read, also where a takeover made the first one.",
		how=How.KEEPS,
	),
	StoredName("Sales Invoice", "service_billing_key", (CONTRACT,), CONTRACT_STAYS, how=How.LASTING),
	StoredName(
		"Sales Invoice",
		"service_billing_key",
		("Sales Invoice",),
		"Only keeps the invoice made instead of a cancelled one from being made twice.",
		how=How.KEEPS,
	),
)
