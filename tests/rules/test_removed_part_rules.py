"""The life of a removed part and where it goes, against slow and obvious readings of the same."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_service.constants.roles import ENGINEER, LEAD, MANAGER
from support_service.service_parts.lateness import days_late
from support_service.service_parts.removed import disposition_rules as rules
from support_service.service_parts.removed import lifecycle
from support_service.service_parts.removed.lifecycle import Goes, Owner, Result, Status, fits

GROUPS = st.lists(st.sampled_from("ABCDE"), unique=True, max_size=4)
RULES = st.dictionaries(
	st.sampled_from("ABCDE"), st.builds(rules.Rule, st.sampled_from(["", *Goes]), st.integers(0, 90))
)


def reachable() -> set[str]:
	found = {*lifecycle.FIRST_STATUS.values()}
	while True:
		more = {
			move.target for move in lifecycle.MOVES if move.target and found.intersection(move.sources)
		} - found
		if not more:
			return found
		found |= more


def test_every_state_is_reached_and_every_open_one_is_left():
	assert reachable() == {*Status} - {Status.CANCELLED}
	left = {source for move in lifecycle.MOVES for source in move.sources if move.target and not move.owner}
	assert {*Status} - left == {*lifecycle.OVER}


def test_what_is_the_customers_is_not_over_before_they_have_it():
	left = {source for move in lifecycle.MOVES for source in move.sources if move.target}
	assert {*lifecycle.OVER} & left == {Status.REPAIRED}
	assert "back_to_customer" not in {
		move.action
		for move in lifecycle.MOVES
		if fits(move, status=Status.REPAIRED, result=None, goes=Goes.BACK_TO_US, is_tool=False)
	}


@pytest.mark.parametrize("goes", [*Goes])
def test_whose_it_is(goes):
	left_there = goes == Goes.LEFT_WITH_CUSTOMER
	assert rules.belongs_to(goes) == ("Customer" if left_there else "Us")
	assert rules.belongs_to(goes, is_their_unit=True) == "Customer"
	assert rules.belongs_to(goes, chosen="Us", is_their_unit=True) == ("Customer" if left_there else "Us")
	assert rules.belongs_to(goes, chosen="Customer") == "Customer"


def test_actions_are_told_apart():
	assert len(lifecycle.BY_ACTION) == len(lifecycle.MOVES)
	assert not {lifecycle.UNDO, lifecycle.SPLIT, lifecycle.CANCEL, lifecycle.BEGIN} & {*lifecycle.BY_ACTION}


@pytest.mark.parametrize("owner", [*Owner])
def test_whatever_came_in_goes_out_again_on_every_way(owner):
	"""A way from Due to a state where nothing is expected takes out of the warehouse what it took in."""
	effects = {
		lifecycle.Stock.RECEIVE: 1,
		# what is a customer's is not put into a store
		lifecycle.Stock.PUT_BACK: -1 if owner == Owner.US else 0,
		lifecycle.Stock.HAND_OVER: -1,
		lifecycle.Stock.SCRAP: -1,
		lifecycle.Stock.SEND: -1,
	}

	def walk(status, result, lies, depth):
		assert lies in (0, 1)
		ours = owner == Owner.US
		is_stored = ours and status == Status.TESTED and result == Result.GOOD
		if is_stored or (status in lifecycle.OVER and (ours or status != Status.REPAIRED)):
			assert lies == 0
			return
		for move in lifecycle.MOVES:
			if not move.target or move.action == "confirm_return" or depth > 8:
				continue
			if fits(move, status=status, result=result, goes=Goes.BACK_TO_US, is_tool=False, owner=owner):
				walk(move.target, move.result or result, lies + effects.get(move.stock, 0), depth + 1)

	walk(Status.DUE, None, 0, 0)


def test_who_hands_in_receives_and_waives():
	by = lifecycle.BY_ACTION
	assert lifecycle.may_make(by["hand_in"], [ENGINEER], True)
	assert not lifecycle.may_make(by["hand_in"], [ENGINEER], False)
	assert lifecycle.may_make(by["hand_in"], [ENGINEER, LEAD], False)
	assert lifecycle.may_make(by["receive"], [lifecycle.STORE], False)
	assert not lifecycle.may_make(by["receive"], [ENGINEER], True)
	assert [
		lifecycle.may_make(by["waive"], [role], True) for role in (ENGINEER, lifecycle.STORE, LEAD, MANAGER)
	] == [
		False,
		False,
		True,
		True,
	]


@given(RULES, GROUPS, st.booleans(), st.booleans(), st.sampled_from([*Goes]))
def test_where_it_goes(settings, groups, paid_for, has_serial, otherwise):
	said = [settings[group].goes for group in groups if group in settings and settings[group].goes]
	expected = said[0] if said else Goes.BACK_TO_US if (paid_for or has_serial) else otherwise
	defaults = rules.Defaults(settings, otherwise, 14)
	assert rules.goes_to(defaults, groups, paid_for=paid_for, has_serial=has_serial) == expected


@given(RULES, GROUPS, st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_when_it_is_due(settings, groups, day):
	said = [settings[group].due_days for group in groups if group in settings and settings[group].due_days]
	due = rules.due_on(rules.Defaults(settings, Goes.BACK_TO_US, 14), groups, day)
	assert due == day + timedelta(days=said[0] if said else 14)


@given(st.dates(), st.integers(-400, 400))
def test_days_late_are_counted_one_by_one(due, distance):
	try:
		today = due + timedelta(days=distance)
	except OverflowError:
		return
	counted, day = 0, due
	while day < today:
		day, counted = day + timedelta(days=1), counted + 1
	assert days_late(due, today) == counted


def test_due_on_1_may_looked_at_on_27_may():
	assert days_late(date(2026, 5, 1), date(2026, 5, 27)) == 26
