"""Cases that were open before there were service levels get their clocks, computed from their ledger and visits.

Steps of the escalation ladder that lie in the past count as taken, so that nobody is notified today of last week.
May be stopped and run again: a case that has clocks is left alone.
"""

from __future__ import annotations

import frappe
from frappe.utils import update_progress_bar

from support_service.support_service import promises
from support_service.support_service.lifecycle import FINAL_STATES

CHUNK = 200


def execute() -> None:
	"""Start the clocks of every case that is not over and has none."""
	waiting = without_clocks()
	if not waiting:
		return
	for done, case in enumerate(waiting):
		promises.start_missing_clocks(case)
		if done % CHUNK == CHUNK - 1:
			frappe.db.commit()  # a chunk is kept, so that a stopped migrate goes on where it was
			update_progress_bar("Starting clocks of open cases", done, len(waiting))


def without_clocks() -> list[str]:
	"""Names of cases that are not over and have no clock, oldest first."""
	case, clock = frappe.qb.DocType("Service Request"), frappe.qb.DocType("Service Clock")
	return (
		frappe.qb.from_(case)
		.left_join(clock)
		.on(clock.request == case.name)
		.where(clock.name.isnull() & case.status.notin([status.value for status in FINAL_STATES]))
		.select(case.name)
		.orderby(case.name)
		.run(pluck=True)
	)
