"""What the workers of test_warranty_race.py do, each with a connection of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import frappe
from frappe.utils import add_days, getdate

from support_service.installed_base import unit_events
from support_service.installed_base.unit_events import UnitEvent
from support_service.service_coverage.vocabulary import Kind
from support_service.service_coverage.warranty import warranties
from tests.faults.workers import Outcome


def act(what: str, document: str, ready: Callable[[], Any]) -> Outcome:
	"""`what` (a key of WORK) with `document` when everybody is ready; committed, or rolled back and reported."""
	frappe.db.get_value("User", "Administrator", "name")  # opens the snapshot, as a request's checks do
	ready()
	try:
		WORK[what](document)
		frappe.db.commit()
	except Exception as error:
		frappe.db.rollback()
		return Outcome(document, type(error).__name__, str(error))
	return Outcome(document, "", "")


def _start(unit: str) -> None:
	warranties.start(unit, starts_on=getdate(), reason="by hand")


def _extend(warranty: str) -> None:
	last = frappe.db.get_value("Service Warranty", warranty, "parts_until")
	warranties.extend(warranty, {Kind.PART: add_days(last, 30)}, reason="goodwill")


def _void(warranty: str) -> None:
	warranties.void(warranty, reason="opened")


def _deliver(units: str) -> None:
	"""New units, comma separated, as one delivery tells of them."""
	unit_events.append(
		[UnitEvent(unit, unit_events.DELIVERED, getdate(), f"race|{unit}") for unit in units.split(",")]
	)


WORK: dict[str, Callable[[str], None]] = {
	"start": _start,
	"extend": _extend,
	"void": _void,
	"deliver": _deliver,
}
