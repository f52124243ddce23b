"""A calendar change that touches 10,000 open cases, computed again as the background job does it.

`ours`: milliseconds per case, all its clocks together; `peer`: one bare `frappe.db.set_value` on a case with its commit,
measured before and after in the same run. `cases_per_second` is the figure to look at.
"""

import statistics
from typing import Any

import frappe

from benchmarks.harness import Result, seconds, size
from support_service.service_level.clock import recompute
from tests.factories import make_service_calendar, make_service_request
from tests.site.clock_world import make_world, target

CASES = size("RECOMPUTE_CASES", 10_000, 50)
CLOCKS = ("First Response", "On Site", "Solution Plan", "Business Restored", "Repair Complete")

COPIES = {
	"Service Request": ("name",),
	"Service Clock": ("name", "request"),
	"Service Clock Entry": ("name", "clock", "request"),
}


def run() -> list[Result]:
	return [_measure(CLOCKS), _measure(("Repair Complete",))]


def _measure(kinds: tuple[str, ...]) -> Result:
	calendar = make_service_calendar()
	world = make_world(calendar=calendar.name, targets=[target(kind, 40) for kind in kinds])
	case = make_service_request(customer=world.customer, team=world.team).name
	try:
		_copy(case, CASES - 1)
		return _recomputed(calendar, case, kinds)
	finally:
		_take_away(case)


def _recomputed(calendar: Any, case: str, kinds: tuple[str, ...]) -> Result:
	peer = [_set_value(case) for _turn in range(100)]
	calendar.reload()
	for row in calendar.windows:
		row.to_time = "18:00:00"
	frappe.flags.in_import = True  # the job itself is what is measured; nothing is queued
	mark = seconds(lambda: (calendar.save(), frappe.db.commit()))
	frappe.flags.in_import = False
	changed = 0

	def job() -> None:
		nonlocal changed
		changed = recompute.run(shown_on=("Service Calendar", calendar.name))

	took = seconds(job)
	peer += [_set_value(case) for _turn in range(100)]
	if changed != CASES * len(kinds):
		raise AssertionError(f"{changed} promises changed instead of {CASES * len(kinds)}")
	bare = statistics.median(peer) * 1000
	return Result(
		name=f"recompute-{len(kinds)}-clocks",
		ours=round(took / CASES * 1000, 3),
		peer=round(bare, 3),
		ratio=round(took / CASES * 1000 / bare, 3),
		unit="ms per case",
		n=CASES,
		extra={"cases_per_second": round(CASES / took), "mark_s": round(mark, 2), "clocks": len(kinds)},
	)


def _set_value(case: str) -> float:
	return seconds(lambda: (frappe.db.set_value("Service Request", case, "subject", "x"), frappe.db.commit()))


def _take_away(case: str) -> None:
	"""Open cases by the thousand would weigh on what is measured next."""
	frappe.db.rollback()
	for doctype in COPIES:
		key = "name" if doctype == "Service Request" else "request"
		frappe.db.delete(doctype, {key: ("like", f"{case}-%")})
	frappe.db.commit()  # a benchmark leaves the site as it was


def _copy(case: str, times: int) -> None:
	"""Copies of `case` with its clocks and their ledger, made inside the database."""
	frappe.db.sql("set session max_statement_time = 0")
	for doctype, renamed in COPIES.items():
		columns = frappe.db.get_table_columns(doctype)
		picked = [
			f"concat(`{column}`, '-', seq)"
			if column in renamed
			else "null"
			if column == "entry_key"
			else f"`{column}`"
			for column in columns
		]
		key = "name" if doctype == "Service Request" else "request"
		names = ", ".join(f"`{column}`" for column in columns)
		frappe.db.sql(
			f"insert into `tab{doctype}` ({names}) select {', '.join(picked)} from `tab{doctype}`"  # noqa: S608 - names of our own columns
			f" join seq_1_to_{times} where `{key}` = %s",
			case,
		)
		frappe.db.commit()  # a bulk load
