"""What the parts of this room show of other records; see foundation/names/copies.py."""

from __future__ import annotations

from support_service.foundation.names.copies import Copy, everywhere

NO_PAPER = "None: it is no paper."

COPIES = tuple(
	Copy(doctype, "item_name", "item_code", "Item", "item_name", NO_PAPER, everywhere)
	for doctype in ("Part Need", "Spare Parts List", "Spare Part")
)
