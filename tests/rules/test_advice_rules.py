"""Whether to go on repairing a unit, against a count by hand."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from support_service.installed_base.advice_rules import DEFAULT, Advice, Facts, advise

TODAY = date(2026, 11, 25)
days = st.dates(min_value=date(2020, 1, 1), max_value=date(2027, 12, 31))


def ago(days_ago):
	return TODAY - timedelta(days=days_ago)


def test_three_faults_a_year_refit_five_replace():
	faults = [ago(number * 30) for number in range(3)]
	assert advise(Facts(faults=faults), TODAY) == [Advice("Refit", "faults", 3)]
	faults += [ago(200), ago(364)]
	assert advise(Facts(faults=faults), TODAY) == [Advice("Replace", "faults", 5)]
	assert advise(Facts(faults=[ago(366)] * 9), TODAY) == []


def test_the_same_part_again_asks_for_the_cause():
	parts = [("Fan", ago(10)), ("Fan", ago(100)), ("Fuse", ago(10)), ("Fan", ago(500))]
	assert advise(Facts(parts=parts), TODAY) == [Advice("Refit", "same part", 2, "Fan")]


def test_an_old_unit_needs_a_successor():
	assert advise(Facts(delivered_on=date(2018, 11, 26)), TODAY) == []
	assert advise(Facts(delivered_on=date(2018, 11, 25)), TODAY) == [Advice("Upgrade", "age", 8)]


def test_nothing_is_advised_for_a_retired_unit():
	facts = Facts(faults=[TODAY] * 9, delivered_on=date(2000, 1, 1), retired=True)
	assert advise(facts, TODAY) == []


@given(st.lists(days, max_size=12), st.lists(st.tuples(st.sampled_from("AB"), days), max_size=12), days)
def test_every_reason_is_true_and_none_is_missing(faults, parts, on):
	found = advise(Facts(faults=faults, parts=parts), on)

	def recent(day):
		return timedelta(0) <= on - day < timedelta(days=DEFAULT.period_days)

	number = len([day for day in faults if recent(day)])
	assert [advice.number for advice in found if advice.reason == "faults"] == (
		[number] if number >= 3 else []
	)
	for item in "AB":
		times = len([day for name, day in parts if name == item and recent(day)])
		told = [advice.number for advice in found if advice.item == item]
		assert told == ([times] if times >= 2 else [])


@given(st.lists(days, max_size=8), days)
def test_the_order_of_the_record_does_not_matter(faults, on):
	assert advise(Facts(faults=faults), on) == advise(Facts(faults=faults[::-1]), on)
