"""Priority and routing rules against slow obvious oracles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support_service.support_service.priority import (
	DEFAULT_RULES,
	LEVELS,
	PRIORITIES,
	priority_of,
	raised_levels,
)
from support_service.support_service.routing import CONDITIONS, Rule, best_rule

levels = st.sampled_from(LEVELS)
values = st.sampled_from(["a", "b"])
cases = st.fixed_dictionaries({name: st.none() | values for name in CONDITIONS})
rules = st.lists(
	st.builds(
		Rule,
		queue=st.sampled_from(["x", "y"]),
		conditions=st.dictionaries(st.sampled_from(CONDITIONS), values),
	),
	max_size=6,
)


@given(levels, levels)
def test_more_impact_or_urgency_never_lowers_the_priority(impact, urgency):
	rank = PRIORITIES.index
	here = rank(priority_of(impact, urgency, []))
	for level in LEVELS[: LEVELS.index(impact)]:
		assert rank(priority_of(level, urgency, [])) <= here
	for level in LEVELS[: LEVELS.index(urgency)]:
		assert rank(priority_of(impact, level, [])) <= here


def test_the_shipped_rules_are_complete():
	assert {(impact, urgency) for impact, urgency, _ in DEFAULT_RULES} == {
		(i, u) for i in LEVELS for u in LEVELS
	}


def test_an_admins_rule_wins_over_the_shipped_one():
	assert priority_of("Low", "Low", [("Low", "Low", "Critical")]) == "Critical"


def test_unknown_levels_are_an_error():
	with pytest.raises(ValueError, match="unknown impact"):
		priority_of("Huge", "Low", [])


@given(cases, rules)
def test_best_rule_equals_the_obvious_search(case, rules):
	best = None
	for rule in rules:
		fits = all(case[name] == value for name, value in rule.conditions.items())
		if fits and (best is None or len(rule.conditions) > len(best.conditions)):
			best = rule
	assert best_rule(case, rules) is best


@pytest.mark.parametrize(
	("now", "raised"),
	[
		(("Medium", "Low"), ("Medium", "Medium")),
		(("Medium", "Medium"), ("Medium", "High")),
		(("Medium", "High"), ("High", "High")),
		(("Low", "High"), ("Medium", "High")),
		(("High", "High"), None),
	],
)
def test_raising_a_priority_raises_urgency_before_impact(now, raised):
	assert raised_levels(*now, rules=()) == raised


def test_raising_passes_over_levels_that_bring_no_higher_priority():
	flat = [("Low", urgency, "Low") for urgency in LEVELS]
	assert raised_levels("Low", "Low", flat) == ("Medium", "High")
