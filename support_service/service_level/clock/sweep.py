"""What time alone does to clocks: they turn to Warning and Overdue, and escalation steps are reached.

Level-triggered: whatever clock has `next_utc` behind it is looked at, however late that is, so a scheduler that stood
still or a clock on the wall that jumped loses nothing. What was done stands in the ledger (`Service Clock Entry`, event
*Escalated*, unique per promise and step), so nothing is done twice. Notifying people is another transaction's work
(escalation.py); paused and stopped clocks have no `next_utc` and cost nothing.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import frappe

from support_service.foundation import instants, locks
from support_service.foundation.isolation import read_committed
from support_service.service_level.clock import derive, escalation, store, summary
from support_service.service_level.clock.rules import Event, Step

Row = dict[str, Any]

CHUNK = 250
LIMIT = 20_000  # clocks in one run; the next run a minute later goes on
BROKEN_LOOKS_AGAIN = 3600  # seconds
KEY_LENGTH = 140
WRITTEN = (*store.DERIVED, "entries")
CHANGED = "service_clocks_changed"  # realtime event in the room of a case's form

# The clock and its case in one statement that never waits: whoever moves a case has locked the case first and its
# clocks after, so a clock whose case is being moved is left for the next sweep and nobody waits for anybody in a circle.
DUE = """
select clock.* from `tabService Clock` clock
straight_join `tabService Request` service_request on service_request.name = clock.request
where clock.next_utc <= %(now)s
order by clock.next_utc limit %(limit)s for update skip locked"""


def sweep(limit: int = LIMIT) -> int:
	"""Look at clocks whose time has come; returns how many. Safe in parallel, safe to kill. Commits."""
	looked_at = 0
	with read_committed():
		while looked_at < limit:
			size = min(CHUNK, limit - looked_at)
			chunk = _Chunk(instants.now(), size)
			chunk.write()
			frappe.db.commit()  # a batch job: what a chunk found stands, whatever happens to the next
			chunk.announce()
			looked_at += len(chunk.rows)
			if len(chunk.rows) < size:
				break
	return looked_at


def sweep_and_escalate() -> None:
	"""The scheduler's second job: sweep, and carry out what was reached without waiting for the job that is enqueued.

	A job whose worker was killed counts as running until it times out and is not queued again meanwhile. With two of
	them, one is always free.
	"""
	sweep()
	escalation.carry_out_due()


def entry_key(clock: str, promise_no: int, step: str) -> str:
	"""What makes a step of a promise unique in the ledger, whatever the length of a role's name."""
	key = f"{clock}|{promise_no}|{step}"
	if len(key) <= KEY_LENGTH:
		return key
	return f"{key[: KEY_LENGTH - 17]}|{sha256(key.encode()).hexdigest()[:16]}"


class _Chunk:
	"""Some due clocks, locked together with their cases, on their way to what they say now."""

	def __init__(self, now: int, size: int):
		self.now = now
		locks.latest()
		self.rows: list[Row] = frappe.db.sql(
			DUE, {"now": instants.utc_column(now), "limit": size}, as_dict=True
		)  # STRAIGHT_JOIN keeps the database to the index of what is due; the query builder cannot say that
		self.moved: set[str] = set()  # cases that show something new
		self.entries: list[Row] = []

	def write(self) -> None:
		if not self.rows:
			return
		ledger = store.entries_of([row["name"] for row in self.rows])
		broken = [row for row in self.rows if not self._look(row, ledger[row["name"]])]
		self._write_entries()
		store.update_clocks(self.rows, WRITTEN)
		self._write_cases()
		_report(broken)

	def announce(self) -> None:
		"""Update open forms and lists, and enqueue the escalation. Nothing is lost where that fails: the scheduler comes every minute."""
		for request in sorted(self.moved):
			frappe.publish_realtime(CHANGED, {"request": request}, doctype=store.CASE, docname=request)
			frappe.publish_realtime("list_update", {"doctype": store.CASE, "name": request})
		if self.entries:
			escalation.enqueue_now()

	def _look(self, row: Row, entries: list[Row]) -> bool:
		"""Bring `row` to what its ledger says now and note the steps reached; False where that cannot be computed."""
		taken, stored, before = derive.steps_taken(row), row["steps_taken"], row["state"]
		try:
			reading = derive.read(row, entries, self.now)
			steps = [(moment, step) for moment, step in reading.reached if step.key not in taken]
			if steps:
				taken |= {step.key for _moment, step in steps}
				row["steps_taken"] = frappe.as_json(sorted(taken), indent=None)
				reading = derive.read(row, entries, self.now)
		except Exception:
			# One clock whose policy is gone or whose calendar can never meet it must not stop the others. Nothing was
			# written for it yet.
			frappe.clear_last_message()
			row["broken"], row["steps_taken"] = frappe.get_traceback(), stored
			row["next_utc"] = instants.utc_column(self.now + BROKEN_LOOKS_AGAIN)
			return False
		row.update(derive.columns(reading, taken))
		self.entries += [_entry(row, moment, step) for moment, step in steps]
		if steps or row["state"] != before:
			self.moved.add(row["request"])
		return True

	def _write_entries(self) -> None:
		"""Steps the ledger has already are not taken again, whatever the clock's own list says."""
		keys = [entry["entry_key"] for entry in self.entries]
		if not keys:
			return
		known = set(
			frappe.get_all(store.ENTRY, filters={"entry_key": ("in", keys)}, pluck="entry_key", order_by=None)
		)
		self.entries = [entry for entry in self.entries if entry["entry_key"] not in known]
		store.insert_entries(self.entries)

	def _write_cases(self) -> None:
		"""Nobody else changes clocks of these cases meanwhile: the cases are locked."""
		requests = sorted(self.moved)
		if not requests:
			return
		clocks: dict[str, list[Row]] = {request: [] for request in requests}
		for clock in frappe.get_all(
			store.CLOCK,
			filters={"request": ("in", requests)},
			fields=["request", "kind", "state", "due_at", "due_utc", "stopped_utc"],
			order_by=None,
		):
			clocks[clock.request].append(clock)
		store.update_cases({request: summary.of_clocks(found) for request, found in clocks.items()})


def _entry(row: Row, moment: int, step: Step) -> Row:
	"""The ledger row of a step: reached at `moment`, still to be carried out."""
	return store.entry(
		row,
		Event.ESCALATED,
		moment,
		new_due=row["due_at"],
		step=step.key,
		whom=step.whom,
		role=step.role or None,
		robot=step.robot or None,
		action=step.action,
		told=0,
		entry_key=entry_key(row["name"], row["promise_no"], step.key),
	)


def _report(broken: list[Row]) -> None:
	"""One Error Log per clock, not one an hour."""
	if not broken:
		return
	names = [row["name"] for row in broken]
	known = frappe.get_all(
		"Error Log",
		filters={"reference_doctype": store.CLOCK, "reference_name": ("in", names)},
		pluck="reference_name",
		order_by=None,
	)
	for row in broken:
		if row["name"] not in known:
			frappe.log_error(
				f"The promise {row['name']} cannot be computed",
				row["broken"],
				reference_doctype=store.CLOCK,
				reference_name=row["name"],
			)
