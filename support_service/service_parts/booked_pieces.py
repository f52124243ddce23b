"""Pieces that somebody has booked for days to come: whoever would take one for something else is told for whom it is kept.

Who books pieces answers by the hook `support_service_booked_pieces`: loans, and whatever other apps add.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import frappe

HOOK = "support_service_booked_pieces"


@dataclass(frozen=True, slots=True)
class Take:
	"""What one row takes out of a warehouse: pieces by their serial numbers, else a quantity in stock units.

	qty: 0 where it was posted already. batch_no: "" for an item without batches, None for whichever.
	"""

	row: int
	item_code: str
	warehouse: str
	qty: float = 0.0
	serials: tuple[str, ...] = ()
	batch_no: str | None = None


class Booked(NamedTuple):
	"""A row that takes what is booked; text: a translated sentence that says by what, and which pieces are free instead."""

	row: int
	text: str


def found(takes: Sequence[Take], *, latest: bool = False) -> list[Booked]:
	"""What of `takes` is booked. latest: read what is committed now, whatever the snapshot of the caller's transaction says."""
	if not takes:
		return []
	return [
		booked for path in frappe.get_hooks(HOOK) for booked in frappe.get_attr(path)(takes, latest=latest)
	]
