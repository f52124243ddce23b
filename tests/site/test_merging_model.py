"""Merging, undoing, writing, attaching, waiting and resuming in any order, against a model that knows only where each belongs.

The model keeps for each message the request it was addressed to, and for each promise when its request, or the one that goes on,
waited. It follows pointers; it moves nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import frappe
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
	RuleBasedStateMachine,
	invariant,
	precondition,
	rule,
	run_state_machine_as_test,
)

from support_service.support_service.merging import merges, whole
from tests.site.clock_world import make_world, raise_case, round_the_clock, step, target, to_work
from tests.site.merge_world import CASE, file, files_of, mail, mails_of, merge, status, undo

BEGIN = datetime(2025, 9, 1, 8)
KIND = "Repair Complete"
HOURS = 200  # nothing is late in an hour or two
FOUR = st.integers(0, 3)


class Merging(RuleBasedStateMachine):
	world: frappe._dict

	def __init__(self) -> None:
		super().__init__()
		frappe.db.savepoint("model")
		self.now = BEGIN
		self.cases: list[str] = []
		self.into: dict[str, str] = {}  # merged → the one it became part of
		self.merges: list[tuple[frappe._dict, str, str]] = []  # in force, oldest first
		self.waiting: dict[str, bool] = {}
		self.mails: dict[str, str] = {}
		self.files: dict[str, str] = {}
		self.began: dict[str, datetime] = {}
		self.paused: dict[str, timedelta] = {}
		self.since: dict[str, datetime | None] = {}
		for _number in range(4):
			case = raise_case(self.world, self.tick())
			self.began[case] = self.now
			to_work(self.world, case, self.tick())
			self.cases.append(case)
			self.waiting[case], self.paused[case], self.since[case] = False, timedelta(), None

	def teardown(self) -> None:
		frappe.db.rollback(save_point="model")

	def tick(self) -> str:
		self.now += timedelta(minutes=7)
		return str(self.now)

	def root(self, case: str) -> str:
		while case in self.into:
			case = self.into[case]
		return case

	def note_waits(self) -> None:
		for case in self.cases:
			waits = self.waiting[self.root(case)]
			if waits and self.since[case] is None:
				self.since[case] = self.now
			elif not waits and (since := self.since[case]) is not None:
				self.paused[case] += self.now - since
				self.since[case] = None

	@rule(merged=FOUR, into=FOUR)
	def merge(self, merged: int, into: int) -> None:
		one, other = self.cases[merged], self.cases[into]
		possible = one != other and one not in self.into and other not in self.into
		try:
			done = merge(one, other, self.tick())
		except merges.CannotMergeError:
			assert not possible
			return
		assert possible
		self.into[one] = other
		self.merges.append((done, one, other))
		self.note_waits()

	@precondition(lambda self: self.merges)
	@rule(data=st.data())
	def undo(self, data: st.DataObject) -> None:
		made = data.draw(st.sampled_from(self.merges))
		done, one, other = made
		try:
			undo(done, self.tick())
		except merges.CannotUndoMergeError:
			assert other in self.into
			return
		assert other not in self.into
		self.merges.remove(made)
		del self.into[one]
		self.note_waits()

	@rule(to=FOUR, ours=st.booleans())
	def write(self, to: int, ours: bool) -> None:
		self.mails[mail(self.cases[to], self.tick(), sent=ours)] = self.cases[to]

	@rule(to=FOUR)
	def attach(self, to: int) -> None:
		self.files[file(CASE, self.cases[to])] = self.cases[to]

	@rule(which=FOUR)
	def wait_or_resume(self, which: int) -> None:
		case = self.root(self.cases[which])
		step(case, self.tick(), "resume" if self.waiting[case] else "wait_for_customer")
		self.waiting[case] = not self.waiting[case]
		self.note_waits()

	@invariant()
	def everything_is_in_its_whole_exactly_once(self) -> None:
		for case in self.cases:
			assert mails_of(case) == sorted(name for name, to in self.mails.items() if self.root(to) == case)
			assert files_of(case) == sorted(name for name, to in self.files.items() if self.root(to) == case)

	@invariant()
	def each_goes_on_where_it_was_merged_into(self) -> None:
		for case in self.cases:
			assert whole.goes_on_as(case) == self.root(case)
			parts = {one for one in self.cases if self.root(one) == case}
			if case not in self.into:
				assert set(whole.parts_of(case)) == parts
				assert frappe.db.get_value(CASE, case, "merges") == len(parts) - 1
				assert status(case) == ("Waiting for Customer" if self.waiting[case] else "In Progress")
			else:
				assert status(case) == "Cancelled"

	@invariant()
	def every_promise_has_its_own_time_and_every_pause_once(self) -> None:
		fields = ["origin", "request", "state", "due_at"]
		rows = frappe.get_all("Service Clock", {"origin": ("in", self.cases), "kind": KIND}, fields)
		assert sorted(row.origin for row in rows) == sorted(self.cases)
		for row in rows:
			assert row.request == self.root(row.origin)
			if self.since[row.origin] is not None:
				assert row.state == "Paused"
			else:
				assert row.state == "Running"
				assert row.due_at == self.began[row.origin] + timedelta(hours=HOURS) + self.paused[row.origin]

	@invariant()
	def each_move_is_in_the_ledger_of_its_request(self) -> None:
		rows = frappe.get_all(
			"Service Request Move",
			{"request": ("in", self.cases)},
			["request", "action"],
			order_by="creation, name",
		)
		for case in self.cases:
			actions = [row.action for row in rows if row.request == case]
			assert actions.count("create") == 1
			assert actions.count("merge") - actions.count("unmerge") == int(case in self.into)

	@invariant()
	def nothing_points_at_nothing(self) -> None:
		for row in frappe.get_all("Service Merge Row", {}, ["moved_doctype", "moved_name"], order_by=None):
			assert frappe.db.exists(row.moved_doctype, row.moved_name)


def test_in_any_order():
	calendar = round_the_clock()
	world = make_world(calendar=calendar, targets=[target(KIND, HOURS)])
	machine = type("MergingHere", (Merging,), {"world": world})
	run_state_machine_as_test(
		machine,
		settings=settings(
			max_examples=8,
			stateful_step_count=20,
			deadline=None,
			suppress_health_check=list(HealthCheck),
		),
	)
