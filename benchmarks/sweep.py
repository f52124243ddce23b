"""The sweep: 1,000 due clocks among 10,000 and among 300,000 cases (SWEEP_LARGE for more), all of which left clocks behind.

Each of the 1,000 belongs to a case of its own and has one step of its ladder to take: what is timed is everything from
the look at the due column to the last commit (states, summaries of the cases, ledger rows, realtime hints). The peer is
what one would do by hand for each: one bare `frappe.db.set_value`, 1,000 times, and one commit.

- `sweep-growth`: `ours` at the large, `peer` at the small size, each divided by the peer of its own phase in `ratio`;
  `rows_read` is what the database read for one sweep at both sizes, which no other load on the machine can change.
- `sweep-cost`: at the large size against the peer; per due clock ≤ 3 of them is the target.
- `sweep-delivery`: carrying out one step (a desk notification, committed on its own) against inserting and committing
  one bare Notification Log.
"""

from collections.abc import Callable

import frappe

from benchmarks.harness import Result, pairs, size
from benchmarks.scale import clear, grow_to
from support_service.service_level.clock import escalation, sweep
from tests.factories import (
	make_customer,
	make_installed_unit,
	make_service_engineer,
	make_service_level_policy,
	make_service_request,
	make_service_team,
)
from tests.site.ladder_world import KIND, always_open, later, step

DUE = size("SWEEP_DUE", 1_000, 20)
SMALL, LARGE = size("SWEEP_SMALL", 10_000, 100), size("SWEEP_LARGE", 300_000, 1_000)
REACHED_AFTER = 51.0  # hours; a step at 50 % of 100 hours


def run() -> list[Result]:
	clear()
	world = _world()
	small = _measure(world, SMALL)
	delivery = _measure_delivery(world)
	large = _measure(world, LARGE)
	growth = Result(
		name="sweep-growth",
		ours=large.ours,
		peer=small.ours,
		ratio=round(large.ratio / small.ratio, 3),
		unit="ms",
		n=large.n,
		extra={
			"due": DUE,
			"cases": [SMALL, LARGE],
			"control_ms": [small.peer, large.peer],
			"rows_read": [small.extra["rows_read"], large.extra["rows_read"]],
		},
	)
	large.name, large.extra = "sweep-cost", {"due": DUE, "cases": LARGE}
	return [growth, large, delivery]


def _world() -> frappe._dict:
	team = make_service_team()
	engineer = make_service_engineer(team=team.name)
	customer = make_customer().name
	units = [make_installed_unit(customer=customer).name for _ in range(50)]
	customer_with_ladder = make_customer().name
	make_service_level_policy(
		calendar=always_open().name,
		scope={"customer": customer_with_ladder},
		targets=[{"clock": KIND, "target": 100, "unit": "Hours", "warn_at": "80"}],
		ladder=[step(value=50), step(value=80), step(value=100)],
	)
	cases = [
		make_service_request(customer=customer_with_ladder, team=team.name).name for _number in range(DUE)
	]
	frappe.db.commit()  # what is measured starts from stored data
	clocks = frappe.get_all("Service Clock", {"request": ("in", cases)}, ["name", "next_utc"], limit=0)
	assert len(clocks) == DUE
	return frappe._dict(team=team.name, engineer=engineer.user, units=units, cases=cases, clocks=clocks)


def _measure(world: frappe._dict, size: int) -> Result:
	grow_to(size, world.units, world.team, world.engineer)
	_quiet_others(world)
	result = pairs(f"sweep-{size}", _sweep(world), _set_values(world), n=10, warmup=2)
	operation = _sweep(world)()
	before = _rows_read()
	operation()
	result.extra["rows_read"] = _rows_read() - before
	return result


def _rows_read() -> int:
	"""Rows this connection has read so far."""
	return sum(int(value) for _name, value in frappe.db.sql("show session status like 'Handler_read%'"))


def _sweep(world: frappe._dict) -> Callable[[], Callable[[], None]]:
	def prepare() -> Callable[[], None]:
		_reset(world)

		def operation() -> None:
			with later(REACHED_AFTER):
				assert sweep.sweep() == DUE

		return operation

	return prepare


def _set_values(world: frappe._dict) -> Callable[[], Callable[[], None]]:
	def prepare() -> Callable[[], None]:
		def operation() -> None:
			for clock in world.clocks:
				frappe.db.set_value("Service Clock", clock.name, "used_seconds", 1)
			frappe.db.commit()  # as the sweep ends

		return operation

	return prepare


def _measure_delivery(world: frappe._dict) -> Result:
	"""One step each: what waits is carried out one by one."""
	_reset(world)
	with later(REACHED_AFTER):
		sweep.sweep()
	lead = frappe.db.get_value("Service Team", world.team, "lead")

	def ours() -> Callable[[], None]:
		return lambda: escalation.carry_out_due(limit=1)

	def bare() -> Callable[[], None]:
		log = frappe.get_doc(
			{
				"doctype": "Notification Log",
				"type": "Alert",
				"for_user": lead,
				"document_type": "Service Request",
				"document_name": world.cases[0],
				"subject": "Bare",
			}
		)
		return lambda: (log.insert(ignore_permissions=True), frappe.db.commit())

	return pairs("sweep-delivery", ours, bare, n=100)


def _reset(world: frappe._dict) -> None:
	"""Every clock is due again, its step not taken."""
	names = [clock.name for clock in world.clocks]
	frappe.db.delete("Service Clock Entry", {"clock": ("in", names), "event": "Escalated"})
	for clock in world.clocks:
		values = {"next_utc": clock.next_utc, "steps_taken": "[]", "state": "Running", "entries": 1}
		frappe.db.set_value("Service Clock", clock.name, values)
	frappe.db.commit()  # what is measured starts from stored data


def _quiet_others(world: frappe._dict) -> None:
	"""Clocks other measurements left on the site must not come due in the middle of this one."""
	clock = frappe.qb.DocType("Service Clock")
	others = clock.next_utc.isnotnull() & clock.request.notin(world.cases)
	frappe.qb.update(clock).set(clock.next_utc, None).where(others).run()
	frappe.db.commit()  # what is measured starts from stored data
