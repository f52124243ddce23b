"""What the parts of this room show of other records; see foundation/names/copies.py."""

from __future__ import annotations

from support_service.foundation.names.copies import Copy, everywhere

COPIES = (
	Copy("Part Need", "item_name", "item_code", "Item", "item_name", "None: a need is no paper.", everywhere),
)
