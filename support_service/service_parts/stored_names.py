"""Names of other documents in removed parts; see foundation/names/stored_names.py."""

from __future__ import annotations

from support_service.foundation.names.stored_names import NUMBER_ON_THE_PIECE, How, StoredName

PART = "Removed Part"

STORED = (
	StoredName(
		PART,
		"serial_no",
		("Serial No",),
		"The piece is received and sent on under the number that ERPNext knows it by.",
		beside={"item_code": "item_code"},
		again=NUMBER_ON_THE_PIECE,
	),
	StoredName(
		PART,
		"source_key",
		("Engineer Visit",),
		"A visit keeps its number.",
		how=How.LASTING,
	),
	StoredName(
		"Removed Part Move",
		"before",
		("Warehouse", "Supplier", "Purchase Receipt", "Purchase Invoice"),
		"What the part's columns were before the step; undoing it looks whether they are still called so.",
		how=How.KEEPS,
	),
	StoredName(
		"Stock Entry",
		"service_consumption_key",
		(PART,),
		"A removed part keeps its number.",
		how=How.LASTING,
	),
	StoredName(
		"Purchase Receipt",
		"service_return_key",
		(PART,),
		"A removed part keeps its number.",
		how=How.LASTING,
	),
	StoredName(
		"Purchase Invoice",
		"service_return_key",
		(PART,),
		"A removed part keeps its number.",
		how=How.LASTING,
	),
)
