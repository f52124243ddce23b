"""1,500 generated ledgers, each judged by two policies and calendars, against the minute-by-minute clock.

Derandomized: every run tries the same cases, so that a green build stays green.
"""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from support_service.service_level.calendar.working_time import PromiseOutOfReachError, WorkingTime
from support_service.service_level.clock import rules
from support_service.service_level.clock.rules import Entry, Event, Step
from support_service.service_level.policy.terms import Terms
from tests.effort import times
from tests.rules.slow_calendar import SlowCalendar
from tests.rules.slow_clock import SlowClock
from tests.rules.test_working_time_oracle import cases

MINUTE, HOUR = 60, 3600
HORIZON = 10 * HOUR
LONGEST = 6 * HOUR  # of a target
STEPS = (
	Step(rules.PERCENT_USED, 50, "Engineer", "Desk Notification"),
	Step(rules.PERCENT_USED, 100, "Team Lead", "Email"),
	Step(rules.HOURS_AFTER_DUE, 1, "Role", "SMS", "Service Manager"),
)

gaps = st.integers(0, 150).map(lambda minutes: minutes * MINUTE) | st.sampled_from([1, 59, 61])


@st.composite
def ledgers(draw: st.DrawFn, start: int) -> tuple[list[Entry], int]:
	"""Rows as a case writes them, corrections among them, and the moment it is looked at."""
	rows = [Entry(Event.STARTED, start)]
	now, waiting, stopped = start, False, False
	for _ in range(draw(st.integers(0, 8))):
		now += draw(gaps)
		happening = draw(st.sampled_from(_possible(waiting, stopped)))
		rows.append(_row(draw, happening, now, start))
		if happening in (Event.WAIT_BEGAN, Event.WAIT_ENDED):
			waiting = happening == Event.WAIT_BEGAN
		elif happening in (Event.STOPPED, Event.NOT_NEEDED, Event.STOP_CORRECTED):
			stopped = True
		elif happening == Event.REOPENED:
			waiting = stopped = False
	return rows, now + draw(gaps)


def _possible(waiting: bool, stopped: bool) -> list[Event]:
	always = [Event.START_CORRECTED, Event.STOP_CORRECTED, Event.PAUSE_ADDED, Event.PROMISE_CHANGED]
	if stopped:
		# other clocks of the case may still run, so waits go on being written
		return [*always, Event.REOPENED, Event.REOPENED, Event.WAIT_ENDED if waiting else Event.WAIT_BEGAN]
	return [
		*always,
		Event.STOPPED,
		Event.NOT_NEEDED,
		*[Event.WAIT_BEGAN] * 3,
		*[Event.WAIT_ENDED] * 3 * waiting,
	]


def _row(draw: st.DrawFn, happening: Event, now: int, start: int) -> Entry:
	if happening == Event.WAIT_BEGAN:
		return Entry(happening, now, draw(st.sampled_from(rules.WAITS)))
	if happening in (Event.START_CORRECTED, Event.STOP_CORRECTED):
		return Entry(happening, draw(st.integers((start - 5 * HOUR) // MINUTE, now // MINUTE)) * MINUTE)
	if happening == Event.PAUSE_ADDED:
		begin = draw(st.integers((start - HOUR) // MINUTE, now // MINUTE)) * MINUTE
		return Entry(happening, begin, until=begin + draw(gaps))
	return Entry(happening, now)


@st.composite
def terms(draw: st.DrawFn) -> Terms:
	return Terms(
		kind="First Response",
		target=draw(st.integers(1, LONGEST // MINUTE)) * MINUTE - draw(st.sampled_from([0, 0, 7])),
		target_label="",
		calendar="",
		calendar_version="",
		warn_at=draw(st.sampled_from([(), (50, 80), (80,), (33,)])),
		pauses_for=tuple(draw(st.sets(st.sampled_from(rules.WAITS)))),
	)


@st.composite
def lives(draw: st.DrawFn):
	calendar, start, _, _ = draw(cases())
	other = draw(cases())[0] if draw(st.booleans()) else calendar
	rows, now = draw(ledgers(start))
	return rows, now, (draw(terms()), calendar), (draw(terms()), other)


@settings(
	max_examples=times(500, 1500),
	derandomize=True,
	deadline=None,
	suppress_health_check=list(HealthCheck),
	database=None,
)
@given(lives())
def test_every_promise_is_that_of_the_slow_clock(life) -> None:
	"""The second policy and calendar are the change of a promise: same ledger, judged anew."""
	rows, now, *judgements = life
	for agreed, calendar in judgements:
		_compare(rows, now, agreed, WorkingTime(calendar), SlowCalendar(calendar))


def _compare(
	rows: list[Entry], now: int, agreed: Terms, fast: WorkingTime, slow_calendar: SlowCalendar
) -> None:
	slow = SlowClock(rows, agreed, slow_calendar, now, HORIZON)
	history = rules.fold(rows, agreed.pauses_for)
	assert (history.started, history.stopped) == (slow.started, slow.stopped)
	assert history.paused_since == slow.paused_since
	assert rules.used(history, fast, now) == slow.used
	for seconds in (agreed.target, *(step.seconds(agreed.target) for step in STEPS)):
		_same_reach(history, fast, slow, seconds)
	try:
		found = rules.state(history, fast, agreed, now)
		reached = rules.moments(history, fast, agreed.target, STEPS)
	except PromiseOutOfReachError:
		event("out of reach")
		return
	event(f"state {found}")
	assert found == slow.state
	assert reached == sorted(reached, key=lambda pair: pair[0])
	_same_next_look(history, fast, agreed, now, reached)


def _same_reach(history, fast: WorkingTime, slow: SlowClock, seconds: int) -> None:
	expected = slow.reach(seconds)
	try:
		found = rules.reach(history, fast, seconds)
	except PromiseOutOfReachError:
		found = None
	if expected is None:
		assert found is None or found > slow.horizon
		assert history.paused_since is None or found is None
	else:
		assert found == expected


def _same_next_look(
	history, fast: WorkingTime, agreed: Terms, now: int, reached: list[tuple[int, Step]]
) -> None:
	"""Before the next look nothing changes; at it something does."""
	look = rules.next_look(history, fast, agreed, (), (), now)
	if look is None:
		assert (
			not history.is_open
			or history.paused_since is not None
			or rules.due(history, fast, agreed.target) <= now
		)
		return
	assert look > now
	assert rules.state(history, fast, agreed, look - 1) == rules.state(history, fast, agreed, now)
	assert rules.state(history, fast, agreed, look) != rules.state(history, fast, agreed, now)
	with_steps = rules.next_look(history, fast, agreed, STEPS, (), now)
	assert with_steps == min(look, *(moment for moment, _ in reached)) if reached else look


def test_the_slow_clock_can_tell_time() -> None:
	"""The oracle itself, by hand: 4 h from Friday 16:30, of which 40 min are the customer's."""
	from tests.rules.test_clock_rules import OFFICE, at

	rows = [
		Entry(Event.STARTED, at("2023-09-29 16:30")),
		Entry(Event.WAIT_BEGAN, at("2023-10-02 10:00"), "Waiting for Customer"),
		Entry(Event.WAIT_ENDED, at("2023-10-02 10:40")),
	]
	agreed = Terms("First Response", 4 * HOUR, "4 Hours", "", "")
	slow = SlowClock(rows, agreed, SlowCalendar(OFFICE), rows[-1].at, 100 * HOUR)
	assert slow.reach(4 * HOUR) == at("2023-10-02 12:40")
	assert datetime.fromtimestamp(rows[0].at, UTC).hour == 8
