"""The data that the steps of submitting or cancelling one document hand to one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from frappe.model.document import Document

from support_service.foundation.bins import LockedBin, Place


class Cost(NamedTuple):
	"""The value of what a row took out of stock, in company currency: of all of it, and of one stock unit."""

	amount: float
	valuation_rate: float


@dataclass(slots=True)
class Posting:
	"""What the steps of one submit or cancel have found out so far; each fills in what later ones need.

	case: the Service Request, as it is after the visit's moves. bins: the locked Bins, None before they are locked.
	stock_rows: `idx` of the rows that move stock, None before the check. decision: the Coverage Decision about this work.
	covered: row name → covered percent. cost_centers: row name → cost centre of whoever pays most of it. stock_entry: the
	Stock Entry that took the parts out. costs: row name → Cost. removed: row name → columns of the row that say what happens to
	the part removed.
	"""

	case: Document | None = None
	bins: dict[Place, LockedBin] | None = None
	stock_rows: frozenset[int] | None = None
	decision: str | None = None
	covered: Mapping[str, float] = field(default_factory=dict)
	cost_centers: Mapping[str, str] = field(default_factory=dict)
	stock_entry: str | None = None
	costs: Mapping[str, Cost] = field(default_factory=dict)
	removed: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
