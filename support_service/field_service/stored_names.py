"""Names of other documents in visits; see foundation/names/stored_names.py."""

from __future__ import annotations

from support_service.foundation.names.stored_names import NUMBER_ON_THE_PIECE, How, Shape, StoredName

PART = "Engineer Visit Part"
AS_LINKS = "Numbers are named as links are, in submitted reports too: an amendment and whoever looks for the number find it."

STORED = (
	StoredName(
		PART,
		"serial_nos",
		("Serial No",),
		AS_LINKS,
		shape=Shape.LINES,
		beside={"item_code": "item_code"},
		again=NUMBER_ON_THE_PIECE,
	),
	StoredName(
		PART,
		"removed_serial_nos",
		("Serial No",),
		f"{AS_LINKS} Of another maker's part with that number, which names another item, nothing is changed.",
		shape=Shape.LINES,
		beside={"removed_item_code": "item_code"},
		again=NUMBER_ON_THE_PIECE,
	),
	StoredName(
		"Engineer Visit",
		"title",
		("Service Request",),
		"A request keeps its number.",
		how=How.LASTING,
	),
	StoredName(
		"Engineer Visit",
		"lent_share",
		("DocShare",),
		"Named by Frappe at random, and renamed by nobody.",
		how=How.KEEPS,
	),
	StoredName(
		"Service Message",
		"message_key",
		("Engineer Visit",),
		"A visit keeps its number.",
		how=How.LASTING,
	),
	StoredName(
		"Stock Entry",
		"service_consumption_key",
		("Engineer Visit",),
		"A visit keeps its number.",
		how=How.LASTING,
	),
)
