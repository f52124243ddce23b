"""Choice of a service level policy against slow obvious oracles."""

from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support_service.service_level.calendar.durations import target_label, target_seconds
from support_service.service_level.policy.rules import (
	DIMENSIONS,
	TREES,
	Policy,
	PolicyIndex,
	Target,
	WarningPointsError,
	best,
	collide,
	fits,
	parse_warn_at,
	repeated,
	specificity,
	targets_for,
)

MONDAY = date(2026, 11, 23)
DAYS = [MONDAY + timedelta(days=n) for n in range(4)]

# Every tree is root ─ branch ─ (leaf | twig); contracts come newest first; other dimensions have two values.
CHAINS = [(), ("root",), ("root", "branch"), ("root", "branch", "leaf"), ("root", "branch", "twig")]
CONTRACTS = [(), ("c1",), ("c2",), ("c1", "c2"), ("c2", "c1")]


def values_of_facts(dimension):
	if dimension in TREES:
		return CHAINS
	return CONTRACTS if dimension == "contract" else [None, "x", "y"]


def values_of_scope(dimension):
	if dimension in TREES:
		return ["root", "branch", "leaf", "twig"]
	return ["c1", "c2"] if dimension == "contract" else ["x", "y"]


facts_of_cases = st.fixed_dictionaries({name: st.sampled_from(values_of_facts(name)) for name in DIMENSIONS})
days = st.sampled_from(DAYS)


def scopes(dimensions=DIMENSIONS, most=3):
	return st.lists(st.sampled_from(dimensions), max_size=most, unique=True).flatmap(
		lambda names: st.fixed_dictionaries({name: st.sampled_from(values_of_scope(name)) for name in names})
	)


def policies(scope=None):
	return st.builds(
		Policy,
		name=st.text("abc", min_size=1, max_size=3),
		scope=scope if scope is not None else scopes(),
		valid_from=st.none() | days,
		valid_to=st.none() | days,
		enabled=st.sampled_from([True, True, True, False]),
	)


def slow_best(candidates, facts, day):
	"""Knock out, dimension by dimension, whoever is beaten by somebody still standing."""

	def says(policy, dimension):
		wanted, found = policy.scope.get(dimension), facts.get(dimension) or ()
		if wanted is None:
			return 0
		return found.index(wanted) + 1 if dimension in TREES else 1

	standing = []
	for policy in candidates:
		valid = (policy.valid_from or day) <= day <= (policy.valid_to or day)
		matches = all(
			wanted == facts.get(dimension)
			if isinstance(facts.get(dimension), str)
			else wanted in (facts.get(dimension) or ())
			for dimension, wanted in policy.scope.items()
		)
		if policy.enabled and valid and matches:
			standing.append(policy)
	for dimension in DIMENSIONS:
		top = max((says(policy, dimension) for policy in standing), default=0)
		standing = [policy for policy in standing if says(policy, dimension) == top]
	for contract in facts.get("contract") or ():
		if len(of_it := [policy for policy in standing if policy.scope.get("contract") == contract]):
			standing = of_it
			break
	return max(standing, key=lambda policy: policy.name, default=None)


@settings(max_examples=1000)
@given(st.lists(policies(), max_size=8), facts_of_cases, days)
def test_best_equals_the_slow_search(candidates, facts, day):
	expected = slow_best(candidates, facts, day)
	assert best(candidates, facts, day) == expected
	assert best(PolicyIndex(candidates).candidates(facts), facts, day) == expected


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(DIMENSIONS), min_size=1, max_size=3, unique=True), st.data())
def test_two_policies_collide_exactly_if_some_case_finds_them_equally_specific(names, data):
	scope = scopes(names, most=3)
	a, b = data.draw(policies(scope)), data.draw(policies(scope) | st.just(None))
	b = b or Policy("other", a.scope, data.draw(st.none() | days), data.draw(st.none() | days))
	cases = [dict(zip(names, values, strict=True)) for values in product(*map(values_of_facts, names))]
	could_tie = any(
		fits(a, facts, day) and fits(b, facts, day) and specificity(a, facts) == specificity(b, facts)
		for facts in cases
		for day in DAYS
	)
	assert collide(a, b) == collide(b, a) == could_tie


def test_a_deeper_group_beats_a_higher_one_and_an_item_beats_its_group():
	facts = {"item": "x", "item_group": ("root", "branch", "leaf")}
	everybody = Policy("everybody")
	high, deep = Policy("high", {"item_group": "root"}), Policy("deep", {"item_group": "leaf"})
	item = Policy("item", {"item": "x"})
	assert best([everybody, high, deep], facts, MONDAY) is deep
	assert best([everybody, deep, item], facts, MONDAY) is item
	assert best([everybody, deep, item], {}, MONDAY) is everybody


def test_what_is_said_of_a_template_holds_for_its_variants():
	facts = {"item": ("template", "variant"), "item_group": ("root", "leaf")}
	deep, template = Policy("deep", {"item_group": "leaf"}), Policy("template", {"item": "template"})
	variant = Policy("a variant", {"item": "variant"})
	assert best([deep, template], facts, MONDAY) is template
	assert best([deep, template, variant], facts, MONDAY) is variant
	assert best(PolicyIndex([deep, template]).candidates(facts), facts, MONDAY) is template
	assert best([deep, variant], {**facts, "item": ("template", "other")}, MONDAY) is deep


def test_of_two_contracts_in_force_the_newer_agreement_counts():
	old, new = Policy("old", {"contract": "c1"}), Policy("new", {"contract": "c2"})
	assert not collide(old, new)
	assert best([old, new], {"contract": ("c2", "c1")}, MONDAY) is new


def test_a_policy_ends_with_its_last_day():
	policy = Policy("p", valid_from=DAYS[1], valid_to=DAYS[1])
	assert [fits(policy, {}, day) for day in DAYS[:3]] == [False, True, False]


def test_the_row_of_the_priority_beats_the_row_for_every_priority():
	rows = [
		Target("First Response", None, 24, "Hours", "7×24"),
		Target("First Response", "High", 2, "Hours", "7×24"),
		Target("On Site", "Critical", 12, "Hours", "7×24"),
	]
	assert targets_for(rows, "High") == [rows[1]]
	assert targets_for(rows, "Low") == [rows[0]]
	assert targets_for(rows, "Critical") == [rows[0], rows[2]]
	assert targets_for(rows[::-1], "High") == [rows[1]]
	assert repeated(rows) is None
	assert repeated([*rows, rows[1]]) is rows[1]


def test_targets_in_seconds_and_words():
	assert target_seconds(30, "Minutes", 8) == 1800
	assert target_seconds(1.5, "Hours", 8) == 5400
	assert target_seconds(7, "Working Days", 8) == 7 * 8 * 3600
	assert target_seconds(0.0001, "Minutes", 8) == 1
	assert (target_label(4, "Hours"), target_label(1.5, "Working Days")) == ("4 Hours", "1.5 Working Days")
	with pytest.raises(ValueError, match="unknown unit"):
		target_seconds(1, "Fortnights", 8)


@given(st.lists(st.integers(1, 99)))
def test_warning_points_are_read_back(points):
	assert parse_warn_at(", ".join(map(str, points))) == tuple(sorted(set(points)))


def test_warning_points_as_people_write_them():
	assert parse_warn_at(" 80 %，50,") == (50, 80)
	assert parse_warn_at(None) == ()
	for wrong in ("0", "100", "half", "5.5", "-1", "５０"):
		with pytest.raises(WarningPointsError):
			parse_warn_at(wrong)


@given(scopes(), facts_of_cases, days)
def test_a_policy_only_by_contract_fits_nobody_and_ties_with_nobody(scope, facts, day):
	policy = Policy("gold", scope=scope, only_by_contract=True)
	assert not fits(policy, facts, day)
	assert best([policy], facts, day) is None
	assert not collide(policy, Policy("other", scope=scope))
