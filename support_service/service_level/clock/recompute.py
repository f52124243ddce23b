"""Computing promises again after a calendar or a policy has changed: marked at once, worked off in chunks.

The mark on the clock is the truth: it goes when the clock is computed. A case that cannot be computed keeps it and is tried
again later, out of the others' way. The job enqueued after commit shows progress to whoever made the change and only
saves time; the scheduler's run every minute is the guarantee. Each chunk is its own transaction; killed, it is simply done again.
"""

from __future__ import annotations

from collections import defaultdict

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, create_batch, now_datetime
from pypika.terms import Criterion

from support_service.constants.words import N_
from support_service.foundation import language, locks
from support_service.foundation.isolation import read_committed
from support_service.foundation.postponed import Backlog
from support_service.foundation.savepoints import attempt
from support_service.service_level.clock import derive, store, summary
from support_service.service_level.clock.case_clocks import CaseClocks, Row
from support_service.service_level.clock.rules import OPEN_STATES
from support_service.service_level.policy import policies
from support_service.service_level.policy.terms import Terms

TO_COMPUTE = Backlog(N_("Compute the promises of a request again"), store.CASE)
CHUNK = 500
SAVEPOINT = "recompute"
LONGEST_TRANSACTION = 10  # minutes
OPEN = tuple(state.value for state in OPEN_STATES)


def mark(
	*,
	calendar: str | None = None,
	policy: str | None = None,
	reason: str,
	shown_on: tuple[str, str] | None = None,
) -> int:
	"""Mark the open clocks of a calendar or a policy to be computed again; returns how many.

	reason: kept with each changed promise. shown_on: (DocType, name) of the form that shows the progress. In the
	caller's transaction, so that either both the change and the mark are stored or neither.
	"""
	clock = frappe.qb.DocType(store.CLOCK)
	marked = _mark(clock.calendar == calendar if calendar else clock.policy == policy, reason)
	if marked:
		frappe.db.after_commit.add(lambda: _enqueue(shown_on))
	return marked


def follow_calendar(calendar: Document, method: str | None = None) -> None:
	"""Listens to Service Calendar (hooks.py): it has another version, so what was promised by it is computed again."""
	mark(
		calendar=calendar.name,
		reason=_("Service Calendar {0} was changed", language.of_site()).format(calendar.name),
		shown_on=(calendar.doctype, calendar.name),
	)


def run(shown_on: tuple[str, str] | None = None) -> int:
	"""Compute all marked clocks again; returns how many promises changed. Safe in parallel, safe to kill. Commits.

	shown_on: (DocType, name) of the form whose readers see the progress.
	"""
	done = changed = 0
	with read_committed():
		_mark_latecomers()
		frappe.db.commit()  # a batch job: marks stand on their own, and no lock is held while others are waited for
		total = frappe.db.count(store.CLOCK, {"stale": 1}) if shown_on else 0
		while cases := _lock_cases():
			computed, new = _compute_all_or_each(cases)
			frappe.db.commit()  # a batch job: each chunk stands on its own, and no lock is held for long
			done, changed = done + computed, changed + new
			if shown_on:
				_show_progress(done, max(total, done), shown_on)
	return changed


def _mark_latecomers() -> None:
	"""Mark clocks that were computed before a change and stored after it, which `mark` could not see.

	What is marked already keeps the reason of its mark.
	"""
	since = add_to_date(now_datetime(), minutes=-LONGEST_TRANSACTION)
	clock = frappe.qb.DocType(store.CLOCK)
	changed = set(frappe.get_all("Service Calendar", {"modified": (">", since)}, pluck="name"))
	changed |= set(frappe.get_all("Service Calendar Version", {"creation": (">", since)}, pluck="calendar"))
	for name, version in frappe.get_all(
		"Service Calendar", {"name": ("in", sorted(changed))}, ["name", "version"], as_list=True
	):
		_mark((clock.calendar == name) & (clock.calendar_version != version) & (clock.stale == 0), "")
	for name in frappe.get_all("Service Level Policy", {"modified": (">", since)}, pluck="name"):
		# `modified` says that it was computed again since (see _compute), so that none is marked every minute
		new = (clock.creation > since) & (clock.modified == clock.creation)
		_mark((clock.policy == name) & new & (clock.stale == 0), "")


def _mark(which: Criterion, reason: str) -> int:
	"""Clock by clock: an update by range would also lock the gaps between them, and new cases would wait in these."""
	clock = frappe.qb.DocType(store.CLOCK)
	query = frappe.qb.from_(clock).select(clock.name).where(which & clock.state.isin(OPEN))
	names = [name for (name,) in query.run()]
	for batch in create_batch(names, CHUNK):
		frappe.db.set_value(
			store.CLOCK,
			{"name": ("in", batch)},
			{"stale": 1, "stale_reason": reason[:140]},
			update_modified=False,
		)
	return len(names)


def _lock_cases() -> list[str]:
	"""Some cases with marked clocks, locked; those somebody else works on right now are left for the next time.

	So are those that failed and whose turn has not come again.
	"""
	locks.latest()
	rows = frappe.db.sql(
		"select clock.request from `tabService Clock` clock"
		" straight_join `tabService Request` service_request on service_request.name = clock.request"
		" where clock.stale = 1 and not exists (select 1 from `tabPostponed Work` failed where failed.work = %(work)s"
		" and failed.reference_doctype = %(case)s and failed.reference_name = clock.request and failed.next_try > %(now)s)"
		" limit %(limit)s for update skip locked",
		{"work": TO_COMPUTE.work, "case": store.CASE, "now": now_datetime(), "limit": CHUNK},
	)  # the query builder has no STRAIGHT_JOIN, which keeps the database from reading every case first
	return list(dict.fromkeys(request for (request,) in rows))


def _compute_all_or_each(cases: list[str]) -> tuple[int, int]:
	"""Cases at once; where something in them is broken, case by case, so that the broken one holds up nobody.

	Returns how many clocks were computed and how many promises changed.
	"""
	done = _attempt(cases)
	if not isinstance(done, Exception):
		return done
	computed = changed = 0
	for name in cases:
		done = _attempt([name])
		if isinstance(done, Exception):
			TO_COMPUTE.note(name, done)
		else:
			computed, changed = computed + done[0], changed + done[1]
	return computed, changed


def _attempt(cases: list[str]) -> tuple[int, int] | Exception:
	"""Compute the marked clocks of locked cases, or leave everything as it was and return why."""
	return attempt(lambda: _compute(cases), lambda error: error, savepoint=SAVEPOINT)


def _compute(cases: list[str]) -> tuple[int, int]:
	"""Bring marked clocks of locked cases under the terms of today."""
	by_case: dict[str, list[Row]] = defaultdict(list)
	for row in store.clocks_of(cases):
		by_case[row["request"]].append(row)
	marked = [row for rows in by_case.values() for row in rows if row["stale"]]
	case_clocks = CaseClocks(marked)
	promised = _Promised()
	for row in marked:
		terms = promised.of(row)
		if terms and row["state"] in OPEN and terms != derive.terms_of(row):
			case_clocks.change_promise(row, terms, row["stale_reason"])
		row.update({"stale": 0, "stale_reason": None, "modified": now_datetime()})
		# the escalation steps may have changed, even where the promise has not
		case_clocks.changed.setdefault(row["name"], row)
	case_clocks.write()
	store.update_cases({name: summary.of_clocks(rows) for name, rows in by_case.items()})
	TO_COMPUTE.forget(set(TO_COMPUTE.next_tries()).intersection(cases))
	return len(marked), sum(map(len, case_clocks.new_entries.values()))


class _Promised:
	"""Terms by policy, priority and agreed calendar, each asked for once."""

	def __init__(self) -> None:
		self.known: dict[tuple[str, str, str | None], dict[str, Terms]] = {}

	def of(self, row: Row) -> Terms | None:
		"""None where the policy does not know this clock any more: what was promised stays promised."""
		key = (row["policy"], row["priority"], row["agreed_calendar"])
		if key not in self.known:
			self.known[key] = {terms.kind: terms for terms in _terms(*key)}
		return self.known[key].get(row["kind"])


def _terms(policy: str, priority: str, agreed_calendar: str | None) -> list[Terms]:
	try:
		return policies.terms(policy, priority, agreed_calendar)
	except frappe.DoesNotExistError:
		# Deleted past every check; its clocks must not keep all others from being computed.
		frappe.clear_last_message()
		return []


def _enqueue(shown_on: tuple[str, str] | None) -> None:
	try:
		frappe.enqueue(run, queue="long", shown_on=shown_on)
	except Exception:
		# The marks are committed: without Redis the scheduler's run does the work a minute later.
		frappe.logger("support_service").warning("could not enqueue the computing of promises", exc_info=True)


def _show_progress(done: int, total: int, shown_on: tuple[str, str]) -> None:
	frappe.publish_progress(
		done * 100 / total,
		title=_("Computing promises again"),
		doctype=shown_on[0],
		docname=shown_on[1],
		description=_("{0} of {1}").format(done, total),
	)
