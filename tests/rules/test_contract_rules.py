"""Terms, periods, entitlements, invoices and renewals of service contracts against slow obvious oracles."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support_service.service_coverage.contract.rules import (
	CONTRACT_YEAR,
	IN_ADVANCE,
	MONTHS_BETWEEN,
	WHOLE_TERM,
	ContractStatus,
	add_months,
	due,
	last_day,
	period_of,
	precedence,
	remaining,
	renewal_price,
	renewal_term,
	schedule,
	status_on,
	suffices,
	term_end,
)

DAY = timedelta(days=1)
INTERVALS = [IN_ADVANCE, *MONTHS_BETWEEN]

days = st.dates(date(2023, 1, 1), date(2029, 12, 31))
lengths = st.integers(0, 1500)
prices = st.decimals("0.01", "999999", places=2)


def month_later(day: date) -> date:
	"""The oracle of one month: walk on until the day of the month is reached, or the month is over."""
	walked = day.replace(day=1) + timedelta(days=32)
	first, walked = walked.replace(day=1), walked.replace(day=1)
	while walked.day < day.day and (walked + DAY).month == first.month:
		walked += DAY
	return walked


@given(days)
@example(date(2024, 1, 31))
@example(date(2024, 2, 29))
def test_one_month_later(day):
	assert add_months(day, 1) == month_later(day)


@given(days, st.integers(0, 60))
def test_months_go_forth_and_back_but_for_days_that_do_not_exist(day, months):
	later = add_months(day, months)
	assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
	assert later.day == day.day or (later + DAY).day == 1


@pytest.mark.parametrize(
	("start", "months", "last"),
	[
		(date(2026, 3, 1), 12, date(2027, 2, 28)),
		(date(2024, 2, 29), 12, date(2025, 2, 27)),
		(date(2023, 3, 1), 12, date(2024, 2, 29)),
		(date(2026, 1, 31), 1, date(2026, 2, 27)),
	],
)
def test_the_last_day_of_a_term(start, months, last):
	assert term_end(start, months) == last


@given(days, days, lengths, st.none() | days)
def test_status(day, start, length, terminated_on):
	end = start + length * DAY
	covered = {start + n * DAY for n in range(length + 1)}
	if terminated_on:
		covered = {one for one in covered if one <= terminated_on}
	status = status_on(day, docstatus=1, start=start, end=end, terminated_on=terminated_on)
	assert (status == ContractStatus.ACTIVE) == (day in covered)
	assert (day in covered) == (start <= day <= last_day(end, terminated_on))
	if status == ContractStatus.UPCOMING:
		assert covered and day < min(covered)
	if status == ContractStatus.EXPIRED:
		assert day > end
	if status == ContractStatus.TERMINATED:
		assert terminated_on and (not covered or day > max(covered))


@given(days, days, lengths)
def test_a_contract_that_is_not_submitted_covers_nothing(day, start, length):
	for docstatus, word in ((0, ContractStatus.DRAFT), (2, ContractStatus.CANCELLED)):
		assert status_on(day, docstatus=docstatus, start=start, end=start + length * DAY) == word


@given(days, lengths)
@example(date(2024, 2, 29), 1500)
def test_contract_years_lie_side_by_side(start, length):
	"""Every day of the term belongs to one period, a new one begins on each anniversary and on no other day."""
	end = start + length * DAY
	before = None
	for n in range(length + 1):
		day = start + n * DAY
		first, last = period_of(day, per=CONTRACT_YEAR, start=start, end=end)
		assert start <= first <= day <= last <= end
		years = day.year - start.year
		is_anniversary = day == add_months(start, 12 * years)
		assert (first != before) == is_anniversary
		before = first
	for outside in (start - DAY, end + DAY):
		assert period_of(outside, per=CONTRACT_YEAR, start=start, end=end) is None
		assert period_of(outside, per=WHOLE_TERM, start=start, end=end) is None
	assert period_of(start, per=WHOLE_TERM, start=start, end=end) == (start, end)


def test_a_leap_day_comes_back():
	start, end = date(2024, 2, 29), date(2029, 2, 27)
	firsts = {
		period_of(start + n * DAY, per=CONTRACT_YEAR, start=start, end=end)[0]
		for n in range((end - start).days)
	}
	assert sorted(firsts) == [
		date(2024, 2, 29),
		date(2025, 2, 28),
		date(2026, 2, 28),
		date(2027, 2, 28),
		date(2028, 2, 29),
	]


@given(st.integers(0, 1000), st.lists(st.integers(-300, 300), max_size=20))
def test_what_is_left_is_counted_in_hundredths(included, uses):
	left = remaining(included / 100, [use / 100 for use in uses])
	assert left == max(0, included - sum(uses)) / 100
	assert suffices(left, left) and not suffices(left, left + 0.01)


def test_without_limit():
	assert remaining(0, [1e9], unlimited=True) is None
	assert suffices(None, 1e12)


@given(days, lengths, prices, st.sampled_from(INTERVALS))
def test_invoices_add_up_to_the_price_and_cover_the_term(start, length, price, interval):
	end = start + length * DAY
	invoices = schedule(start=start, end=end, price=price, interval=interval)
	assert sum(one.amount for one in invoices) == price
	assert [one.no for one in invoices] == list(range(1, len(invoices) + 1))
	paid = [one.first + n * DAY for one in invoices for n in range((one.last - one.first).days + 1)]
	assert paid == [start + n * DAY for n in range(length + 1)]
	if interval != IN_ADVANCE:
		months = MONTHS_BETWEEN[interval]
		assert all(one.first == add_months(start, months * (one.no - 1)) for one in invoices)


@given(days, st.integers(1, 20), prices, st.sampled_from(sorted(MONTHS_BETWEEN)))
def test_whole_periods_differ_by_a_cent_at_most(start, periods, price, interval):
	end = term_end(start, MONTHS_BETWEEN[interval] * periods)
	amounts = [one.amount for one in schedule(start=start, end=end, price=price, interval=interval)]
	assert len(amounts) == periods
	assert max(amounts) - min(amounts) <= Decimal("0.01")
	assert all(abs(amount - price / periods) <= Decimal("0.01") for amount in amounts)


@given(days, lengths, prices, st.sampled_from(INTERVALS), st.integers(-40, 1600))
def test_a_termination_shortens_the_period_it_falls_into(start, length, price, interval, after):
	end, stop = start + length * DAY, start + after * DAY
	whole = schedule(start=start, end=end, price=price, interval=interval)
	cut = schedule(start=start, end=end, price=price, interval=interval, terminated_on=stop)
	by_number = {one.no: one for one in whole}
	for one in cut:
		full = by_number[one.no]
		assert one.first == full.first <= stop
		assert one.last == min(full.last, stop)
		served = (one.last - one.first).days + 1
		share = full.amount * served / ((full.last - full.first).days + 1)
		assert abs(one.amount - share) <= Decimal("0.005")
	assert [one.no for one in cut] == [one.no for one in whole if one.first <= stop]


@given(days, lengths, prices, st.sampled_from(INTERVALS), days)
def test_due_are_those_that_have_begun(start, length, price, interval, day):
	invoices = schedule(start=start, end=start + length * DAY, price=price, interval=interval)
	assert set(due(invoices, day)) == {one for one in invoices if one.first <= day and one.amount}


def test_no_price_no_invoice():
	assert schedule(start=date(2026, 1, 1), end=date(2026, 12, 31), price=0, interval="Monthly") == ()


def test_currencies_without_cents():
	invoices = schedule(
		start=date(2026, 1, 1), end=date(2026, 12, 31), price=1000, interval="Monthly", digits=0
	)
	assert sum(one.amount for one in invoices) == 1000
	assert {one.amount for one in invoices} == {83, 84}


@given(days, st.integers(1, 60))
def test_a_term_of_whole_months_is_renewed_by_as_many(start, months):
	first, last = renewal_term(start, term_end(start, months))
	assert first == term_end(start, months) + DAY
	assert last == term_end(first, months)


@given(days, lengths)
def test_a_renewal_begins_when_the_term_is_over(start, length):
	end = start + length * DAY
	first, last = renewal_term(start, end)
	assert first == end + DAY
	months = [n for n in range(1, 60) if term_end(start, n) == end]
	assert last == (term_end(first, months[0]) if months else first + length * DAY)


@given(prices, st.integers(-150, 200))
def test_the_price_of_a_renewal(price, change):
	exact = price + price * change / 100
	assert abs(renewal_price(price, change) - max(Decimal(0), exact)) <= Decimal("0.005")


@given(st.lists(st.tuples(st.booleans(), days, st.text(max_size=3)), min_size=1, unique=True))
def test_the_contract_that_counts_is_the_same_in_any_order(contracts):
	def chosen(found):
		return max(found, key=lambda one: precedence(names_unit=one[0], start=one[1], name=one[2]))

	best = chosen(contracts)
	assert chosen(list(reversed(contracts))) == best
	assert best[0] or not any(one[0] for one in contracts)
	assert best[1] == max(one[1] for one in contracts if one[0] == best[0])
