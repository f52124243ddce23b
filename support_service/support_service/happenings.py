"""What happened to a case so far, each step at its instant, as its clocks take it: from moves and visits.

A move carries the instant at which it happened, and so does an arrival. Rows stored before they did are read from the site's
time; an hour that the clock showed twice is then decided by what came first: nothing happens to a case before it is created.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import frappe

from support_service.foundation import instants
from support_service.service_level.clock import kinds as clock_kinds
from support_service.service_level.clock.case_clocks import Happening
from support_service.support_service.lifecycle import BY_ACTION, WAITING_STATES
from support_service.support_service.merging import whole

if TYPE_CHECKING:
	from support_service.support_service.doctype.service_request.service_request import ServiceRequest

MOVE, VISIT = "Service Request Move", "Engineer Visit"
CREATE = "create"
SPECIALISTS = "Technical Support"
# the field with the moment of a move, where it is not that of the move itself
STAMP_OF = {"restore": "business_restored_on"}
OF_MOVE = ("name", "action", "from_status", "to_status", "moved_at", "at_utc", "reason", "engineer")
OF_VISIT = ("name", "arrived_at", "arrived_utc", "visit_type")


def instant_of(case: ServiceRequest, action: str) -> int:
	"""The instant at which what a move made now reports has happened: that of its field in STAMP_OF, else now."""
	stamp = case.get(STAMP_OF[action]) if action in STAMP_OF else None
	return instants.entered(stamp, after=instants.to_utc(case.raised_on)) if stamp else instants.now()


def past_of(case: ServiceRequest) -> list[Happening]:
	"""Everything that has happened to a case so far, oldest first."""
	moves, first = _moves_of(case)
	return sorted([*moves, *_arrivals(case, first)], key=lambda one: one.at)


def past_of_promises(case: ServiceRequest, whose: str) -> list[Happening]:
	"""As `past_of`, for promises of `whose`, a case that was merged into `case`: what happened to it until then, and since then to
	the one it was merged into."""
	if whose == case.name:
		return past_of(case)
	happened: list[Happening] = []
	first = None
	for name, since, until in whole.lives_of(whose):
		moves, began = _moves_of(case if name == case.name else frappe.get_doc(case.doctype, name))
		first = began if first is None else first
		happened += [one for one in moves if since <= one.at and (until is None or one.at < until)]
	return sorted([*happened, *_arrivals(case, first)], key=lambda one: one.at)


def _moves_of(case: ServiceRequest) -> tuple[list[Happening], int | None]:
	"""What the moves of a case mean, and the instant at which it was created."""
	rows = frappe.get_all(
		MOVE, filters={"request": case.name}, fields=list(OF_MOVE), order_by="moved_at asc, creation asc"
	)
	created = next((row for row in rows if row.action == CREATE), None)
	first = happening_of(case, created).at if created else None
	return [happening_of(case, row, after=first) for row in rows], first


def _arrivals(case: ServiceRequest, first: int | None) -> list[Happening]:
	visits = frappe.get_all(
		VISIT,
		filters={"service_request": case.name, "docstatus": ("<", 2), "arrived_at": ("is", "set")},
		fields=list(OF_VISIT),
	)
	return [arrival_of(visit, after=first) for visit in visits]


def happening_of(case: ServiceRequest, row: Any, *, after: int | None = None) -> Happening:
	"""What a row of the ledger of moves means to clocks. after: an instant it cannot precede."""
	stamp = STAMP_OF.get(row.action)
	at = (stamp and case.get(stamp)) or row.moved_at
	changed = row.to_status != row.from_status
	move = BY_ACTION.get(row.action)
	answered = bool(move and move.ends_wait)
	return Happening(
		at=instants.kept(at, row.at_utc, after=after),
		names=_names(row),
		began=row.to_status if changed and row.to_status in WAITING_STATES else "",
		ended_wait=answered or (changed and row.from_status in WAITING_STATES),
		ended_by=clock_kinds.CUSTOMER_ANSWERED if answered else "",
		reason=row.reason,
		reference=(MOVE, row.name),
	)


def arrival_of(visit: Any, *, after: int | None = None) -> Happening:
	"""What the arrival of a visit (row or document) means to clocks."""
	name = clock_kinds.ARRIVED if visit.visit_type == "On Site" else clock_kinds.RESPONDED
	at = instants.kept(visit.arrived_at, visit.arrived_utc, after=after)
	return Happening(at, (name,), reference=(VISIT, visit.name))


def _names(row: Any) -> Sequence[str]:
	if row.action == CREATE:
		return (clock_kinds.CREATED,)
	if row.action in ("assign", "reassign") and row.engineer and _is_specialist(row.engineer):
		return (clock_kinds.HANDED_TO_SPECIALISTS,)
	move = BY_ACTION.get(row.action)
	return move.happenings if move else ()


def _is_specialist(engineer: str) -> bool:
	team = frappe.get_cached_value("Service Engineer", engineer, "team")
	return bool(team) and frappe.get_cached_value("Service Team", team, "department_queue") == SPECIALISTS
