"""Names of other documents in counts and hand-overs of vans; see foundation/names/stored_names.py."""

from __future__ import annotations

from support_service.foundation.names.stored_names import NUMBER_ON_THE_PIECE, How, Shape, StoredName

ROW, COUNT, HANDOVER = "Van Count Row", "Van Count", "Van Handover"
AS_LINKS = (
	"Numbers are named as links are: a draft that is made later, and whoever looks for the number, find it."
)
OPEN_VAN = "The van of the open document, which is locked as long as it is open."

STORED = (
	*(
		StoredName(
			ROW,
			field,
			("Serial No",),
			AS_LINKS,
			shape=Shape.LINES,
			beside={"item_code": "item_code"},
			again=NUMBER_ON_THE_PIECE,
		)
		for field in ("expected_serials", "found_serials")
	),
	StoredName(
		ROW,
		"note",
		("Serial No", "Warehouse"),
		"What was to be done when it was counted, as it was said then.",
		how=How.KEEPS,
	),
	StoredName(COUNT, "open_key", ("Warehouse",), OPEN_VAN),
	StoredName(HANDOVER, "open_key", ("Warehouse",), OPEN_VAN),
)
