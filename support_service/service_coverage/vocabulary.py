"""The shared terms of warranties and contracts: lines of work, and sources that may pay for them. Frappe-free.

A *source* is something that may pay: a warranty of the unit or of a part inside it, or a service contract. Each says, per
kind of line, the share it covers, until when, what it excludes, and how much is left of which entitlement. Who pays is decided above, in `service_charging/rules/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

VISITS, LABOUR_HOURS, PARTS_VALUE = "Visits", "Labour Hours", "Parts Value"


class Kind(StrEnum):
	"""What a line is about."""

	LABOUR = "Labour"
	TRAVEL = "Travel"
	PART = "Part"


class SourceKind(StrEnum):
	"""What pays; the values are DocTypes."""

	WARRANTY = "Service Warranty"
	CONTRACT = "Service Contract"
	# a device of ours that the customer has on loan: we pay
	OWN = "Installed Unit"


@dataclass(frozen=True, slots=True)
class Line:
	"""One line of work.

	qty: hours of labour, visits for travel, pieces of a part. amount: what the whole line would cost the customer, in the
	currency of the case. item_groups: the part's group and its ancestors. replaces: label of the fitted part that this part
	replaces, if known.
	"""

	no: int
	kind: Kind
	qty: float
	amount: float = 0.0
	item: str | None = None
	item_groups: tuple[str, ...] = ()
	replaces: str | None = None


@dataclass(frozen=True, slots=True)
class Exclusion:
	"""What a source does not cover: a cause somebody has found (`cause`), or parts of a group (`item_group`)."""

	cause: str
	applies_to: Kind | None = None
	item_group: str | None = None


@dataclass(frozen=True, slots=True)
class Entitlement:
	"""What is left of one entitlement of a contract in the period of the day asked for.

	kind: "Visits", "Labour Hours", "Parts Value", "Inspections", "Trainings". remaining None: unlimited.
	share: percent covered of what it is used for.
	"""

	kind: str
	remaining: float | None
	share: float = 100.0
	period_start: date | None = None


@dataclass(frozen=True, slots=True)
class Source:
	"""Something that may pay.

	shares: kind of line → percent (warranties). until: kind → last day, inclusive. starts_on: first day. in_force: False for
	suspended or void ones (kept so that the explanation can name them). part: label of the fitted part a warranty is limited
	to, None for the whole unit. entitlements: contracts only. foreign: the one source of a unit that belongs to another
	customer, whose warranties and contracts do not count.
	"""

	kind: SourceKind
	name: str
	starts_on: date
	until: Mapping[Kind, date | None] = field(default_factory=dict)
	shares: Mapping[Kind, float] = field(default_factory=dict)
	in_force: bool = True
	state: str = ""
	part: str | None = None
	exclusions: tuple[Exclusion, ...] = ()
	entitlements: tuple[Entitlement, ...] = ()
	cost_center: str | None = None
	foreign: bool = False
