"""Warranty rules against slow, obvious ones that walk day by day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from support_service.service_coverage.vocabulary import Kind
from support_service.service_coverage.warranty.policy_rules import (
	PartRule,
	Policy,
	StartsAt,
	best,
	collide,
	specificity,
)
from support_service.service_coverage.warranty.rules import (
	BRINGS_TERMS,
	Entry,
	Event,
	Status,
	Suspension,
	Terms,
	fold,
	in_force,
	months_after,
	part_terms,
	start_of,
	status_on,
	terms_of,
)

ONE = timedelta(days=1)
FIRST, LAST = date(2024, 1, 1), date(2027, 12, 31)
days = st.dates(FIRST, LAST)
some_days = st.none() | days


def months_after_slowly(start: date, months: int) -> date:
	"""Walk until the months are over: the first day with the same number, or the last of a month without it."""
	day, passed = start, 0
	while passed < months:
		month = day.month
		day += ONE
		if day.month != month:
			passed += 1
	while day.day != start.day and (day + ONE).month == day.month:
		day += ONE
	return day


@given(days, st.integers(0, 40))
def test_a_period_ends_where_walking_ends(start, months):
	assert months_after(start, months) == months_after_slowly(start, months)


@given(days, days, st.integers(0, 40), st.integers(0, 40))
def test_later_or_longer_never_ends_earlier(a, b, m, n):
	assert months_after(min(a, b), m) <= months_after(max(a, b), m)
	assert months_after(a, min(m, n)) <= months_after(a, max(m, n))
	# the day of delivery is covered, and a month is never shorter than its shortest
	assert months_after(a, m) >= a + timedelta(days=28 * m)


terms_strategy = st.builds(
	lambda start, lengths: Terms(
		start,
		{
			kind: start + timedelta(days=n) if start and n is not None else None
			for kind, n in zip(Kind, lengths, strict=True)
		},
		{kind: 100.0 for kind in Kind},
	),
	some_days,
	st.tuples(*[st.none() | st.integers(0, 800)] * 3),
)


@st.composite
def ledgers(draw):
	rows = [
		Entry(
			1, draw(st.sampled_from([Event.STARTED, Event.REGISTERED])), draw(days), draw(terms_strategy), "A"
		)
	]
	for event in draw(
		st.lists(st.sampled_from([event for event in Event if event != Event.REGISTERED]), max_size=8)
	):
		rows.append(
			Entry(
				len(rows) + 1,
				event,
				draw(days),
				draw(terms_strategy) if event in BRINGS_TERMS else None,
				draw(st.sampled_from("ABC")) if event == Event.TRANSFERRED else None,
				draw(st.sampled_from(Suspension)) if event == Event.SUSPENDED else None,
			)
		)
	return rows


def say_slowly(rows: list[Entry], day: date) -> tuple:
	"""Read the ledger backwards: the last row that says anything about each question answers it."""
	seen = [row for row in rows if row.no == 1 or row.effective_on <= day]

	def last(*events):
		return max((row.no for row in seen if row.event in events), default=0)

	fresh = last(Event.CORRECTED)
	void = last(Event.VOIDED) > fresh
	resting = last(Event.SUSPENDED) if last(Event.SUSPENDED) > max(fresh, last(Event.RESUMED)) else 0
	held = next(row.terms for row in reversed(seen) if row.terms)
	customer = next(row.customer for row in reversed(seen) if row.customer)
	ends = [end for end in held.until.values() if end]
	if void:
		status = Status.VOID
	elif ends and all(day > end for end in ends):
		status = Status.EXPIRED
	elif resting:
		status = Status.SUSPENDED
	elif held.starts_on and day >= held.starts_on:
		status = Status.ACTIVE
	else:
		status = Status.PENDING
	return customer, held, status, rows[resting - 1].suspension if resting else None


@given(ledgers(), days)
def test_a_ledger_says_on_a_day_what_reading_it_backwards_says(rows, day):
	state = fold(rows, day)
	assert (state.customer, state.terms, status_on(state, day), state.suspension) == say_slowly(rows, day)


@given(ledgers(), days, st.randoms())
def test_the_order_in_which_rows_are_read_does_not_matter(rows, day, random):
	shuffled = list(rows)
	random.shuffle(shuffled)
	assert fold(shuffled, day) == fold(rows, day)


@given(ledgers(), days)
def test_resting_and_going_on_moves_no_day(rows, day):
	nos = len(rows)
	rest = [
		Entry(nos + 1, Event.SUSPENDED, day, suspension=Suspension.RETURNED),
		Entry(nos + 2, Event.RESUMED, day),
	]
	before, after = fold(rows, LAST), fold([*rows, *rest], LAST)
	assert before.terms == after.terms and before.void == after.void


@given(ledgers(), days)
def test_what_is_in_force_covers_something(rows, day):
	state = fold(rows, day)
	if in_force(state, day):
		assert not state.void and state.suspension != Suspension.BY_HAND
		assert state.terms.starts_on and state.terms.starts_on <= day


TREE = ("All", "Network", "Routers")
scopes = st.fixed_dictionaries(
	{},
	optional={
		"item": st.sampled_from(["Router", "Switch"]),
		"item_group": st.sampled_from([*TREE, "Power"]),
		"brand": st.sampled_from(["Acme", "Other"]),
		"company": st.sampled_from(["C", "D"]),
	},
)
months = st.fixed_dictionaries({kind: st.integers(0, 40) for kind in Kind})
policies = st.builds(
	Policy,
	name=st.text("abcdefgh", min_size=1, max_size=3),
	scope=scopes,
	starts_at=st.sampled_from(StartsAt),
	start_after_days=st.integers(0, 90),
	months=months,
	shares=st.just({kind: 100.0 for kind in Kind}),
	part_rule=st.sampled_from(PartRule),
	part_months=st.integers(0, 24),
	valid_from=some_days,
	valid_to=some_days,
	enabled=st.booleans(),
)
FACTS = {"item": "Router", "item_group": TREE, "brand": "Acme", "company": "C"}


def best_slowly(found: list[Policy], day: date) -> list[Policy]:
	"""Sift: those that fit, then of each question those that answer it best; several may be left over."""
	left = [
		policy
		for policy in found
		if policy.enabled
		and not (policy.valid_from and day < policy.valid_from)
		and not (policy.valid_to and day > policy.valid_to)
		and all(
			value == FACTS[name] or (name == "item_group" and value in TREE)
			for name, value in policy.scope.items()
		)
	]
	for wanted in ("Router", *reversed(TREE), "Acme", "C"):
		left = [policy for policy in left if wanted in policy.scope.values()] or left
	return left


@given(st.lists(policies, max_size=6), days)
def test_the_policy_that_sifting_leaves_is_chosen(found, day):
	chosen, left = best(found, FACTS, day), best_slowly(found, day)
	assert (chosen is None) == (not left)
	assert chosen is None or chosen in left
	for other in left:
		if chosen is not None and other is not chosen:
			assert collide(chosen, other) and specificity(chosen, FACTS) == specificity(other, FACTS)


@given(policies, days, some_days, some_days)
def test_a_start_is_never_later_than_the_policy_allows(policy, delivered, installed, accepted):
	first, settled = start_of(policy, delivered, installed, accepted)
	candidates = {
		StartsAt.DELIVERY: [delivered],
		StartsAt.INSTALLATION: [installed, accepted],
		StartsAt.ACCEPTANCE: [accepted],
	}[policy.starts_at]
	assert settled == any(candidates)
	if policy.starts_at != StartsAt.DELIVERY and policy.start_after_days:
		candidates = [*candidates, delivered + timedelta(days=policy.start_after_days)]
	known = sorted(day for day in candidates if day)
	assert first == (known[0] if known else None)


@given(policies, days, policies, some_days)
def test_a_part_gets_one_of_the_two_periods_day_by_day(policy, fitted, unit_policy, unit_start):
	unit = terms_of(unit_policy, unit_start)
	given_terms = part_terms(policy, fitted, unit)
	own = {
		kind: months_after_slowly(fitted, policy.part_months)
		if policy.part_months and policy.months[kind]
		else None
		for kind in Kind
	}

	def covered_slowly(kind: Kind, day: date) -> bool:
		by_own = own[kind] is not None and fitted <= day <= own[kind]
		end = unit.until[kind]
		by_unit = end is not None and fitted <= day <= end
		return {
			PartRule.LONGER: by_own or by_unit,
			PartRule.REMAINING: by_unit,
			PartRule.OWN: by_own,
		}[policy.part_rule]

	horizon = sorted(
		{
			fitted,
			*(d + step for d in (*own.values(), *unit.until.values()) if d for step in (-ONE, ONE * 0, ONE)),
		}
	)
	for kind in Kind:
		end = given_terms.until[kind] if given_terms else None
		for day in horizon:
			assert covered_slowly(kind, day) == (end is not None and fitted <= day <= end)
