"""2, 4 and 8 engineers submit visits for the last parts at the same moment, over real connections."""

import frappe
import pytest

from tests.effort import times
from tests.factories import make_item
from tests.faults.workers import Crew
from tests.faults.world import (
	assert_drawn_once,
	assert_ledger_clean,
	entries_of,
	fill_places,
	fresh,
	make_engineers,
	make_visit,
	stock,
)

ROUNDS = times(few=90, many=1000)  # altogether
SIZES = (2, 4, 8)
CLEAR = {"NotEnoughStockError"}


@pytest.fixture(scope="module")
def crew(site):
	crew = Crew(site, SIZES)
	yield crew
	crew.stop()


@pytest.fixture(scope="module")
def engineers(site):
	return make_engineers(max(SIZES))


def left_in_stock(number: int) -> int:
	"""Mostly one part, sometimes three."""
	return 3 if number % 4 == 3 else 1


@pytest.mark.parametrize("size", SIZES)
def test_the_last_parts_are_drawn_once(crew, engineers, size):
	rounds = ROUNDS // len(SIZES)
	items = [make_item().name for _ in range(5)]
	places = fill_places(items, [left_in_stock(number) for number in range(rounds)])
	waiting: dict[str, str] = {}  # user → a visit of theirs that is still a draft
	for number, place in enumerate(places):
		work = [(engineer.user, prepared(engineer, place, waiting)) for engineer in engineers[:size]]
		outcomes = crew.submit(work)
		fresh()
		check_round(outcomes, place, left_in_stock(number))
		for (user, visit), outcome in zip(work, outcomes, strict=True):
			if outcome.error:
				waiting[user] = visit


def prepared(engineer, place, waiting: dict[str, str]) -> str:
	"""A draft that draws one part from `place`: the one that lost the last round, or a new one."""
	visit = waiting.pop(engineer.user, None)
	if not visit:
		return make_visit(engineer, {"item_code": place[0], "qty": 1, "warehouse": place[1]})
	row = frappe.db.get_value("Engineer Visit Part", {"parent": visit})
	frappe.db.set_value("Engineer Visit Part", row, {"item_code": place[0], "warehouse": place[1]})
	frappe.db.commit()
	return visit


def check_round(outcomes, place, available: int) -> None:
	won = [outcome for outcome in outcomes if not outcome.error]
	lost = [outcome for outcome in outcomes if outcome.error]
	assert len(won) == min(available, len(outcomes)), outcomes
	assert {outcome.error for outcome in lost} <= CLEAR, [outcome.message for outcome in lost]
	assert all("Row 1" in outcome.message for outcome in lost)
	assert stock(*place) == available - len(won)
	assert_ledger_clean(*place)
	for outcome in won:
		assert [row.docstatus for row in entries_of(outcome.visit)] == [1]
	for outcome in lost:
		assert entries_of(outcome.visit) == []


@pytest.mark.parametrize("size", SIZES)
def test_one_visit_submitted_by_several_at_once_is_drawn_once(crew, engineers, size):
	"""A double click, or a phone that repeats what another tab is just sending: all of them hear that it is done."""
	engineer = engineers[0]
	for place in fill_places([make_item().name], [5, 5]):
		visit = make_visit(engineer, {"item_code": place[0], "qty": 1, "warehouse": place[1]})
		outcomes = crew.submit([(engineer.user, visit)] * size)
		assert [outcome.error for outcome in outcomes] == [""] * size, outcomes
		assert_drawn_once(visit, engineer.user)
		assert stock(*place) == 4
		assert_ledger_clean(*place)
