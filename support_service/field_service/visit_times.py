"""When the engineer set off, arrived and left: the order of these times, and the instants in UTC beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import frappe
from frappe import _
from frappe.utils import get_datetime

from support_service.field_service.errors import VisitWindowError
from support_service.foundation import instants

if TYPE_CHECKING:
	from support_service.field_service.doctype.engineer_visit.engineer_visit import EngineerVisit

# each pair: the first must not be later than the second
ORDER = (
	("planned_start", "planned_end"),
	("departed_at", "expected_at"),
	("departed_at", "arrived_at"),
	("arrived_at", "left_at"),
)


def set_instants(visit: EngineerVisit) -> None:
	"""Fill departed_utc, arrived_utc and left_utc from the times of the site.

	In the night in which the clock is set back a time means one of two hours; the earliest that fits the others is taken,
	and stays as long as the time stays.
	"""
	before = visit.get_doc_before_save() or frappe._dict()
	earliest = None
	for name in ("departed", "arrived", "left"):
		at, column, instant = visit.get(f"{name}_at"), f"{name}_utc", None
		if at:
			stored = before.get(column) if _same_time(before.get(f"{name}_at"), at) else None
			instant = instants.of_utc_column(stored)
			if instant is None or (earliest is not None and instant < earliest):
				after = _case_raised(visit) if earliest is None else earliest
				instant = instants.entered(at, after=after)
			earliest = instant
		visit.set(column, instants.utc_column(instant))


def check_order(visit: EngineerVisit) -> None:
	""":raises VisitWindowError: a planned or real end lies before its start."""
	for first, second in ORDER:
		if not (visit.get(first) and visit.get(second)):
			continue
		if instants.elapsed(visit.get(first), visit.get(second)) < 0:
			frappe.throw(
				_("{0} must not be later than {1}.").format(
					_(visit.meta.get_label(first), context=visit.doctype),
					_(visit.meta.get_label(second), context=visit.doctype),
				),
				VisitWindowError,
			)


def check_arrival(visit: EngineerVisit) -> None:
	"""Refuse an arrival in the future: it keeps promises of the case as soon as it is saved."""
	if visit.arrived_at and visit.has_value_changed("arrived_at") and instants.lies_ahead(visit.arrived_at):
		frappe.throw(_("Arrived and Left cannot be in the future. Correct the times."), VisitWindowError)


def _case_raised(visit: EngineerVisit) -> int | None:
	"""The instant the case was raised: nobody sets off for it before."""
	raised_on = frappe.db.get_value("Service Request", visit.service_request, "raised_on")
	return instants.to_utc(raised_on) if raised_on else None


def _same_time(one: Any, other: Any) -> bool:
	return bool(one and other) and get_datetime(one) == get_datetime(other)
