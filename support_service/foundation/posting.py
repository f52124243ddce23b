"""What the steps of submitting or cancelling one document hand to one another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from support_service.foundation.bins import LockedBin, Place


class Cost(NamedTuple):
	"""What a row took out of stock, in company currency: value of all of it, and of one stock unit."""

	amount: float
	valuation_rate: float


@dataclass(slots=True)
class Posting:
	"""One submission, or cancellation, under way; each step fills in what the later ones need.

	bins: locked for it, None as long as none are. stock_rows: `idx` of the rows that move stock, None before the check.
	decision: the Coverage Decision about this work. covered: row name → covered percent. cost_centers: row name → cost
	centre of whoever pays most of it. stock_entry: what took the parts out of stock. costs: row name → Cost.
	"""

	bins: dict[Place, LockedBin] | None = None
	stock_rows: frozenset[int] | None = None
	decision: str | None = None
	covered: Mapping[str, float] = field(default_factory=dict)
	cost_centers: Mapping[str, str] = field(default_factory=dict)
	stock_entry: str | None = None
	costs: Mapping[str, Cost] = field(default_factory=dict)
