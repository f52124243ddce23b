"""Warranties: which policy, how long, what a ledger says."""

from datetime import date

import pytest

from support_service.service_coverage.vocabulary import Kind
from support_service.service_coverage.warranty.policy_rules import (
	PartRule,
	Policy,
	Resale,
	StartsAt,
	best,
	collide,
)
from support_service.service_coverage.warranty.rules import (
	Entry,
	Event,
	State,
	Status,
	Suspension,
	Terms,
	fold,
	in_force,
	is_sale,
	months_after,
	part_terms,
	start_of,
	status_on,
	terms_of,
)

YEAR = {kind: 12 for kind in Kind}
FULL = {kind: 100.0 for kind in Kind}
DAY = date(2026, 6, 1)
END = date(2027, 6, 1)


def policy(name: str = "P", **more) -> Policy:
	return Policy(name, **{"months": YEAR, "shares": FULL, **more})


def terms(start: date | None, end: date | None) -> Terms:
	return Terms(start, {kind: end for kind in Kind}, FULL)


@pytest.mark.parametrize(
	("start", "months", "last"),
	[
		(date(2026, 1, 31), 1, date(2026, 2, 28)),
		(date(2028, 1, 31), 1, date(2028, 2, 29)),
		(date(2026, 1, 31), 12, date(2027, 1, 31)),
		(date(2026, 1, 15), 12, date(2027, 1, 15)),
		(date(2024, 2, 29), 12, date(2025, 2, 28)),
		(date(2024, 2, 29), 48, date(2028, 2, 29)),
		(date(2026, 11, 30), 3, date(2027, 2, 28)),
		(date(2026, 12, 1), 1, date(2027, 1, 1)),
		(date(2026, 5, 31), 36, date(2029, 5, 31)),
	],
)
def test_a_period_of_months_ends_on_the_corresponding_day(start, months, last):
	assert months_after(start, months) == last


def test_terms_of_a_policy_by_kind():
	given = terms_of(
		policy(months={Kind.PART: 24, Kind.LABOUR: 12, Kind.TRAVEL: 0}, shares={**FULL, Kind.LABOUR: 50.0}),
		DAY,
	)
	assert given.until == {Kind.PART: date(2028, 6, 1), Kind.LABOUR: date(2027, 6, 1), Kind.TRAVEL: None}
	assert given.shares[Kind.LABOUR] == 50
	assert given.ends_on == date(2028, 6, 1)


def test_an_item_states_its_own_days_unless_a_policy_is_about_it():
	general, company = policy(), policy(scope={"company": "C"})
	assert terms_of(general, DAY, own_days=100).ends_on == date(2026, 9, 9)
	assert terms_of(company, DAY, own_days=100).ends_on == date(2026, 9, 9)
	assert terms_of(policy(scope={"item": "I"}), DAY, own_days=100).ends_on == date(2027, 6, 1)
	assert terms_of(policy(months={Kind.PART: 1}), DAY, own_days=100).until[Kind.LABOUR] is None


@pytest.mark.parametrize(
	("starts_at", "latest", "installed", "accepted", "expected"),
	[
		(StartsAt.DELIVERY, 0, None, None, (DAY, True)),
		(StartsAt.INSTALLATION, 0, None, None, (None, False)),
		(StartsAt.INSTALLATION, 30, None, None, (date(2026, 7, 1), False)),
		(StartsAt.INSTALLATION, 30, date(2026, 6, 10), None, (date(2026, 6, 10), True)),
		(StartsAt.INSTALLATION, 30, date(2026, 8, 10), None, (date(2026, 7, 1), True)),
		(StartsAt.INSTALLATION, 0, None, date(2026, 6, 20), (date(2026, 6, 20), True)),
		(StartsAt.ACCEPTANCE, 0, date(2026, 6, 10), None, (None, False)),
		(StartsAt.ACCEPTANCE, 0, date(2026, 6, 10), date(2026, 6, 20), (date(2026, 6, 20), True)),
	],
)
def test_where_a_warranty_starts(starts_at, latest, installed, accepted, expected):
	assert (
		start_of(policy(starts_at=starts_at, start_after_days=latest), DAY, installed, accepted) == expected
	)


def test_the_more_specific_policy_wins():
	facts = {"item": "Router", "item_group": ("All", "Network", "Routers"), "brand": "Acme", "company": "C"}
	chain = [
		policy("any"),
		policy("company", scope={"company": "C"}),
		policy("brand", scope={"brand": "Acme"}),
		policy("group", scope={"item_group": "Network"}),
		policy("deeper group", scope={"item_group": "Routers"}),
		policy("item", scope={"item": "Router"}),
	]
	for length in range(1, len(chain) + 1):
		assert best(reversed(chain[:length]), facts, DAY) == chain[length - 1]
	assert best([policy(scope={"brand": "Other"})], facts, DAY) is None
	assert best([policy(valid_from=date(2026, 6, 2))], facts, DAY) is None
	assert best([policy(valid_to=DAY)], facts, DAY) is not None
	assert best([policy(enabled=False)], facts, DAY) is None


def test_what_is_said_of_a_template_holds_for_its_variants():
	facts = {"item": ("Router", "Router-5G"), "item_group": ("All", "Routers")}
	group, template = policy("group", scope={"item_group": "Routers"}), policy("t", scope={"item": "Router"})
	variant = policy("a variant", scope={"item": "Router-5G"})
	assert best([group, template], facts, DAY) is template
	assert best([variant, template, group], facts, DAY) is variant
	assert best([variant, group], {**facts, "item": ("Router", "Router-4G")}, DAY) is group
	assert best([variant], {"item": ("Router",)}, DAY) is None
	assert not collide(template, variant)


def test_only_policies_for_the_same_units_and_days_collide():
	mine = policy(scope={"brand": "Acme"}, valid_to=DAY)
	assert collide(mine, policy("other", scope={"brand": "Acme"}))
	assert not collide(mine, policy("other", scope={"brand": "Acme"}, valid_from=date(2026, 6, 2)))
	assert not collide(mine, policy("other", scope={"brand": "Acme", "company": "C"}))
	assert not collide(mine, policy("other", scope={"brand": "Acme"}, enabled=False))


@pytest.mark.parametrize(
	("rule", "unit_until", "expected"),
	[
		(PartRule.LONGER, date(2027, 1, 1), date(2027, 1, 1)),
		(PartRule.LONGER, date(2026, 7, 1), date(2026, 9, 1)),
		(PartRule.LONGER, None, date(2026, 9, 1)),
		(PartRule.LONGER, date(2026, 5, 31), date(2026, 9, 1)),
		(PartRule.REMAINING, date(2026, 7, 1), date(2026, 7, 1)),
		(PartRule.REMAINING, date(2026, 5, 31), None),
		(PartRule.OWN, date(2027, 1, 1), date(2026, 9, 1)),
	],
)
def test_the_warranty_of_a_replacement_part(rule, unit_until, expected):
	unit = Terms(date(2026, 1, 1), {kind: unit_until for kind in Kind}, {kind: 50.0 for kind in Kind})
	given = part_terms(policy(part_rule=rule, part_months=3), DAY, unit)
	if expected is None:
		assert given is None
		return
	assert given.starts_on == DAY and set(given.until.values()) == {expected}
	assert set(given.shares.values()) == {50.0 if expected == unit_until else 100.0}


def test_status_follows_from_the_day():
	state = State(terms(date(2026, 2, 1), date(2026, 2, 28)))
	assert status_on(state, date(2026, 1, 31)) == Status.PENDING
	assert status_on(state, date(2026, 2, 1)) == Status.ACTIVE
	assert status_on(state, date(2026, 2, 28)) == Status.ACTIVE
	assert status_on(state, date(2026, 3, 1)) == Status.EXPIRED
	assert status_on(State(terms(None, None)), DAY) == Status.PENDING


def test_what_is_with_us_for_repair_is_covered_what_rests_by_hand_is_not():
	lasting = terms(date(2026, 1, 1), date(2026, 12, 31))
	returned, stopped = (State(lasting, suspension=why) for why in (Suspension.RETURNED, Suspension.BY_HAND))
	assert status_on(returned, DAY) == status_on(stopped, DAY) == Status.SUSPENDED
	assert in_force(returned, DAY) and not in_force(stopped, DAY)
	assert not in_force(returned, date(2027, 1, 1))


def test_suspension_and_voiding_leave_the_last_day_alone():
	lasting = terms(date(2026, 1, 1), date(2026, 12, 31))
	ledger = [
		Entry(1, Event.STARTED, date(2026, 1, 1), lasting, "A"),
		Entry(2, Event.SUSPENDED, date(2026, 3, 1)),
		Entry(3, Event.RESUMED, date(2026, 4, 1)),
		Entry(4, Event.TRANSFERRED, date(2026, 5, 1), customer="B"),
		Entry(5, Event.VOIDED, date(2026, 7, 1)),
		Entry(6, Event.CORRECTED, date(2026, 8, 1), lasting),
	]
	said = {month: fold(ledger, date(2026, month, 15)) for month in range(1, 10)}
	assert all(state.terms == lasting for state in said.values())
	statuses = [status_on(said[month], date(2026, month, 15)) for month in (2, 3, 4, 7, 8)]
	assert statuses == ["Active", "Suspended", "Active", "Void", "Active"]
	assert (said[4].customer, said[5].customer) == ("A", "B")


def test_no_ledger_says_nothing():
	with pytest.raises(ValueError):
		fold([], DAY)


OVER = date(2026, 5, 31)  # the day before; the last day itself belongs to it


@pytest.mark.parametrize(
	("rule", "credited", "charged", "ends_on", "sale"),
	[
		(Resale.CREDITED, True, True, END, True),
		(Resale.CREDITED, True, False, OVER, True),
		(Resale.CREDITED, False, True, END, False),
		(Resale.CREDITED, False, True, DAY, False),
		(Resale.CREDITED, False, True, OVER, True),
		(Resale.CREDITED, False, False, OVER, False),
		(Resale.CREDITED, False, True, None, False),  # it waits for its installation still
		(Resale.ANY, False, False, END, True),
	],
)
def test_delivered_again_to_the_same_customer(rule, credited, charged, ends_on, sale):
	assert is_sale(rule, credited=credited, charged=charged, ends_on=ends_on, day=DAY) == sale
