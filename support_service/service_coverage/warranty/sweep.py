"""The nightly job that brings the stored status of warranties up to date; the next run makes up for a missed one.

Only lists and filters read the stored status; whatever is decided, shown or printed is computed from the dates.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe.utils import getdate
from pypika import Criterion

from support_service.service_coverage.warranty.rules import Status
from support_service.service_coverage.warranty.store import WARRANTY

CHUNK = 1000


def move_by_date() -> int:
	"""Set Active what has begun and Expired what is over; returns how many changed. Safe to run in parallel and to kill."""
	today, moved = getdate(), 0
	table = frappe.qb.DocType(WARRANTY)
	over = table.ends_on < today
	for status in (Status.PENDING, Status.ACTIVE, Status.SUSPENDED):
		moved += _move(table, (table.status == status) & over, Status.EXPIRED)
	begun = (table.status == Status.PENDING) & (table.starts_on <= today) & table.suspension.isnull()
	return moved + _move(table, begun, Status.ACTIVE)


def _move(table: Any, condition: Criterion, status: Status) -> int:
	moved = 0
	while names := frappe.qb.from_(table).where(condition).select(table.name).limit(CHUNK).run(pluck=True):
		# asked again: somebody may have extended one meanwhile
		frappe.qb.update(table).set(table.status, status).where(table.name.isin(names) & condition).run()
		frappe.db.commit()  # a batch job: what is done is kept, and no lock is held for long
		moved += len(names)
	return moved
