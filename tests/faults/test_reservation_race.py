"""The last pieces are wanted by reservations and visits at the same moment: each is given away once."""

from collections.abc import Callable
from typing import Any

import frappe
import pytest

from support_service.service_parts.needs import orders, reserving
from tests.effort import times
from tests.factories import make_item, make_part_need
from tests.faults.workers import Crew, Outcome
from tests.faults.world import (
	assert_ledger_clean,
	entries_of,
	fill_places,
	fresh,
	make_engineers,
	make_visit,
	stock,
)
from tests.site.part_need_world import held

ROUNDS = times(few=18, many=300)  # for each size
SIZES = (2, 4, 8)
CLEAR = {"NotEnoughStockError", "NothingToReserveError"}


def submit_or_reserve(user: str, name: str, ready: Callable[[], Any]) -> Outcome:
	"""What one worker does: reserve the Part Need, or submit the Engineer Visit, called `name`."""
	error, message = "", ""
	frappe.set_user(user)
	if name.startswith("EV-"):
		act = frappe.get_doc("Engineer Visit", name).submit
	else:
		case, where = frappe.db.get_value("Part Need", name, ["service_request", "note"])

		def act() -> None:
			reserving.reserve(case, [name], where)

	ready()
	try:
		act()
		frappe.db.commit()
	except Exception as raised:
		error, message = type(raised).__name__, str(raised)
		frappe.db.rollback()
	return Outcome(name, error, message)


@pytest.fixture(scope="module")
def crew(site):
	crew = Crew(site, SIZES, submit_or_reserve)
	yield crew
	crew.stop()


@pytest.fixture(scope="module")
def engineers(site):
	return make_engineers(max(SIZES))


def wanted(engineer, place) -> str:
	"""A need of the engineer's case; where to reserve it stands in its note."""
	need = make_part_need(service_request=engineer.case, item_code=place[0], note=place[1])
	frappe.db.commit()
	return need.name


@pytest.mark.parametrize("visits", ["none", "every second one"])
@pytest.mark.parametrize("size", SIZES)
def test_the_last_pieces_are_given_away_once(crew, engineers, size, visits):
	rounds = ROUNDS // len(SIZES) if ROUNDS < 300 else ROUNDS
	available = [3 if number % 4 == 3 else 1 for number in range(rounds)]
	places = fill_places([make_item().name for _ in range(3)], available)
	for place, there in zip(places, available, strict=True):
		work = []
		for number, engineer in enumerate(engineers[:size]):
			drawn = {"item_code": place[0], "qty": 1, "warehouse": place[1]}
			by_visit = visits != "none" and number % 2
			work.append((engineer.user, make_visit(engineer, drawn) if by_visit else wanted(engineer, place)))
		outcomes = crew.submit(work)
		fresh()
		won = [outcome.visit for outcome in outcomes if not outcome.error]
		lost = [outcome for outcome in outcomes if outcome.error]
		assert len(won) == min(there, size), outcomes
		assert {outcome.error for outcome in lost} <= CLEAR, [outcome.message for outcome in lost]
		drawn = [name for name in won if name.startswith("EV-")]
		assert stock(*place) == there - len(drawn)
		assert_ledger_clean(*place)
		assert all([row.docstatus for row in entries_of(name)] == [1] for name in drawn)
		needs = [name for _user, name in work if not name.startswith("EV-")]
		assert {name: held(name) for name in needs if held(name)} == {
			name: {place[1]: 1} for name in won if name in needs
		}


def ask_for_it(user: str, name: str, ready: Callable[[], Any]) -> Outcome:
	"""What one worker does: have the Part Need bought, or, with a note, brought to the warehouse named there."""
	error, message = "", ""
	frappe.set_user(user)
	case, where = frappe.db.get_value("Part Need", name, ["service_request", "note"])
	ready()
	try:
		names = orders.transfer(case, [name], where) if where else orders.purchase(case, [name])
		frappe.db.commit()
		message = names[0]
	except Exception as raised:
		error, message = type(raised).__name__, str(raised)
		frappe.db.rollback()
	return Outcome(name, error, message)


@pytest.fixture(scope="module")
def askers(site):
	crew = Crew(site, SIZES, ask_for_it)
	yield crew
	crew.stop()


@pytest.mark.parametrize("what", ["bought", "brought"])
@pytest.mark.parametrize("size", SIZES)
def test_several_who_press_at_once_ask_once(askers, engineers, size, what):
	engineer = engineers[0]
	van = frappe.db.get_value("Service Engineer", engineer.name, "van_warehouse")
	for place in fill_places([make_item().name], [2] * times(few=2, many=50)):
		need = make_part_need(
			service_request=engineer.case, item_code=place[0], qty=2, note=van if what == "brought" else None
		)
		frappe.db.commit()
		outcomes = askers.submit([("Administrator", need.name)] * size)
		fresh()
		assert [outcome.error for outcome in outcomes] == [""] * size, outcomes
		(row,) = frappe.get_all("Material Request Item", {"part_need": need.name}, ["parent", "stock_qty"])
		assert {outcome.message for outcome in outcomes} == {row.parent}
		assert row.stock_qty == 2
		assert sum(held(need.name).values()) == (2 if what == "brought" else 0)
