"""Names of other documents in units and their ledgers; see foundation/names/stored_names.py."""

from __future__ import annotations

from support_service.foundation.names.stored_names import NUMBER_ON_THE_PIECE, How, Shape, StoredName
from support_service.installed_base import renamed

UNIT, EVENT, FITTED = "Installed Unit", "Installed Unit Event", "Fitted Part Entry"
DELIVERIES = ("Delivery Note", "Sales Invoice", "Installation Note", "Asset")

STORED = (
	StoredName(
		UNIT,
		"source_key",
		("Item",),
		"A piece packed in a product bundle is known by its row and its item; the return looks for it by both.",
		follow=renamed.follow_item,
		again="Rows are named at random: a row of a former item is not found by another one.",
	),
	StoredName(
		UNIT,
		"serial_label",
		("Serial No",),
		"The number on the unit is that of its Serial No, and is what people search for.",
		beside={"serial_no": "name"},
		follow=renamed.follow_serial_no,
		again=NUMBER_ON_THE_PIECE,
	),
	StoredName(
		EVENT,
		"entry_key",
		DELIVERIES,
		"The same event appended again is stored once, whatever its document is called by then.",
		shape=Shape.TAIL,
		beside={"reference_doctype": "doctype", "reference_name": "name"},
	),
	StoredName(
		EVENT,
		"entry_key",
		(UNIT,),
		"A unit with a history keeps its number; what a person entered is known by its row, not by this key.",
		how=How.KEEPS,
	),
	StoredName(
		EVENT,
		"old_value",
		("Address", UNIT),
		"What stood there on the day; shown as history and never looked up.",
		how=How.KEEPS,
	),
	StoredName(
		EVENT,
		"new_value",
		("Address", UNIT),
		"What was put there on the day; shown as history and never looked up.",
		how=How.KEEPS,
	),
	StoredName(
		FITTED,
		"serial_label",
		("Serial No",),
		"What is inside a unit is worked out by this number: a part removed under the new one must be the one that was fitted.",
		beside={"item_code": "item_code"},
		again=NUMBER_ON_THE_PIECE,
	),
	StoredName(
		FITTED,
		"entry_key",
		("Engineer Visit",),
		"A visit keeps its number.",
		how=How.LASTING,
	),
)
