"""The rules of a clock by hand: Shanghai office hours, 09:00 to 17:30 from Monday to Friday."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from support_service.service_level.calendar.working_time import (
	Calendar,
	PromiseOutOfReachError,
	Week,
	Window,
	WorkingTime,
)
from support_service.service_level.clock import kinds as clock_kinds
from support_service.service_level.clock import rules
from support_service.service_level.clock.rules import Entry, Event, History, State, Step
from support_service.service_level.policy.terms import Terms

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR = 3600
OFFICE = Calendar(
	zone="Asia/Shanghai",
	week=Week(tuple(Window(day, 9 * HOUR, 17 * HOUR + 1800) for day in range(5))),
	holidays=((date(2023, 10, 1), "National Day"),),
	name="8×5",
)
WORK = WorkingTime(OFFICE)
CUSTOMER, PARTS, VENDOR = rules.WAITS


def at(text: str) -> int:
	"""What the clock in Shanghai reads, as an instant."""
	return int(datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).timestamp())


def agreed(hours: float = 4, *, warn_at=(80,), pauses_for=(CUSTOMER,)) -> Terms:
	return Terms(
		"First Response",
		round(hours * HOUR),
		f"{hours:g} Hours",
		"8×5",
		"v1",
		tuple(warn_at),
		tuple(pauses_for),
	)


def ledger(*rows: tuple) -> list[Entry]:
	"""(event, "HH:MM" of Monday 2 October or a full moment, cause or end of an added pause)."""
	return [_entry(*row) for row in rows]


def _entry(event: Event, moment: str, more: str = "") -> Entry:
	until = at(_full(more)) if event == Event.PAUSE_ADDED else None
	return Entry(event, at(_full(moment)), "" if until else more, until)


def _full(moment: str) -> str:
	return moment if "-" in moment else f"2023-10-02 {moment}"


S, B, E, STOP, AGAIN = Event.STARTED, Event.WAIT_BEGAN, Event.WAIT_ENDED, Event.STOPPED, Event.REOPENED
FRIDAY = "2023-09-29 16:30"


# what the ledger tells: rows -> (due, used at Monday 16:00 in minutes, state then) of a promise of 4 hours
@pytest.mark.parametrize(
	("rows", "due", "used", "state"),
	[
		# the example of the docs: 1 h on Friday, weekend and National Day skipped, 40 min of the customer's
		([(S, FRIDAY), (B, "10:00", CUSTOMER), (E, "10:40")], "12:40", 440, State.OVERDUE),
		([(S, FRIDAY)], "12:00", 480, State.OVERDUE),
		# a wait for us, or one this policy does not pause for, does not stop it
		([(S, FRIDAY), (B, "10:00", PARTS), (E, "15:00")], "12:00", None, State.OVERDUE),
		# waiting over the weekend moves nothing: nobody counted then
		([(S, FRIDAY), (B, "2023-09-30 08:00", CUSTOMER), (E, "2023-10-01 20:00")], "12:00", None, None),
		# waiting, and nothing due before it began
		([(S, FRIDAY), (B, "10:00", CUSTOMER)], None, 120, State.PAUSED),
		# overdue before the wait: stays overdue while it lasts
		([(S, "09:00"), (B, "14:00", CUSTOMER)], "13:00", 300, State.OVERDUE),
		# used up in the second the wait begins: due then
		([(S, "09:00"), (B, "13:00", CUSTOMER)], "13:00", 240, State.OVERDUE),
		# one wait follows another without a pause between them
		([(S, "09:00"), (B, "10:00", CUSTOMER), (B, "11:00", PARTS), (E, "12:00")], "14:00", None, None),
		([(S, "09:00"), (B, "10:00", PARTS), (B, "11:00", CUSTOMER), (E, "12:00")], "14:00", None, None),
		# an end without a beginning is nothing
		([(S, "09:00"), (E, "12:00")], "13:00", 420, State.OVERDUE),
		# stopping at the second it is due keeps it, a second later does not
		([(S, "09:00"), (STOP, "13:00", "responded")], "13:00", 240, State.MET),
		([(S, "09:00"), (STOP, "2023-10-02 13:00:01", "responded")], "13:00", None, State.MISSED),
		# stopping ends the wait
		(
			[(S, "09:00"), (B, "10:00", CUSTOMER), (STOP, "15:00", "resolved")],
			"2023-10-03 09:30",
			60,
			State.MET,
		),
		# from stop to reopening nothing counts; the wait before it is not taken up again
		([(S, "09:00"), (STOP, "10:00"), (AGAIN, "12:00")], "15:00", 300, State.OVERDUE),
		(
			[(S, "09:00"), (B, "10:00", CUSTOMER), (STOP, "11:00"), (AGAIN, "12:00")],
			"15:00",
			300,
			State.OVERDUE,
		),
		([(S, "09:00"), (Event.NOT_NEEDED, "10:00", "cancelled")], "13:00", 60, State.NOT_NEEDED),
		(
			[(S, "09:00"), (Event.NOT_NEEDED, "10:00", "resolved"), (AGAIN, "11:00")],
			"14:00",
			360,
			State.OVERDUE,
		),
		# corrections: the last word on start and stop, wherever it lies
		([(S, "12:00"), (Event.START_CORRECTED, "09:00")], "13:00", 420, State.OVERDUE),
		([(S, "09:00"), (Event.START_CORRECTED, "13:30")], "17:30", 150, State.RUNNING),
		([(S, "09:00"), (STOP, "15:00"), (Event.STOP_CORRECTED, "12:59")], "13:00", 239, State.MET),
		([(S, "09:00"), (STOP, "12:00"), (Event.STOP_CORRECTED, "14:00")], "13:00", 300, State.MISSED),
		([(S, "09:00"), (STOP, "15:00"), (Event.STOP_CORRECTED, "08:00")], "13:00", 0, State.MET),
		# pauses added by hand may overlap waits and each other
		([(S, "09:00"), (Event.PAUSE_ADDED, "10:00", "12:00")], "15:00", 300, State.OVERDUE),
		(
			[(S, "09:00"), (B, "10:00", CUSTOMER), (E, "11:00"), (Event.PAUSE_ADDED, "10:30", "11:30")],
			"14:30",
			330,
			State.OVERDUE,
		),
		([(S, "09:00"), (Event.PAUSE_ADDED, "07:00", "09:30")], "13:30", 390, State.OVERDUE),
		# what concerns only the promise or the ladder leaves the life alone
		(
			[(S, "09:00"), (Event.PROMISE_CHANGED, "10:00"), (Event.ESCALATED, "11:00")],
			"13:00",
			420,
			State.OVERDUE,
		),
	],
)
def test_what_the_ledger_tells(rows, due, used, state) -> None:
	history, now = rules.fold(ledger(*rows), (CUSTOMER,)), at("2023-10-02 16:00")
	assert rules.due(history, WORK, 4 * HOUR) == (at(_full(due)) if due else None)
	if used is not None:
		assert rules.used(history, WORK, now) == used * 60
	if state:
		assert rules.state(history, WORK, agreed(), now) == state


def test_another_policy_judges_the_same_waits_otherwise() -> None:
	rows = ledger(
		(S, "09:00"), (B, "10:00", CUSTOMER), (B, "11:00", PARTS), (B, "12:00", VENDOR), (E, "13:00")
	)
	dues = {
		pauses_for: rules.due(rules.fold(rows, pauses_for), WORK, 4 * HOUR)
		for pauses_for in [(), (PARTS,), (CUSTOMER, VENDOR), rules.WAITS]
	}
	assert dues == {
		(): at("2023-10-02 13:00"),
		(PARTS,): at("2023-10-02 14:00"),
		(CUSTOMER, VENDOR): at("2023-10-02 15:00"),
		rules.WAITS: at("2023-10-02 16:00"),
	}


def test_pauses_are_disjoint_sorted_and_inside_the_life() -> None:
	rows = ledger(
		(S, "09:00"),
		(Event.PAUSE_ADDED, "12:00", "14:00"),
		(Event.PAUSE_ADDED, "08:00", "09:30"),
		(Event.PAUSE_ADDED, "13:00", "18:00"),
		(Event.PAUSE_ADDED, "15:00", "15:00"),
		(STOP, "17:00", "resolved"),
	)
	history = rules.fold(rows, ())
	expected = (("09:00", "09:30"), ("12:00", "17:00"))
	assert history.pauses == tuple((at(_full(a)), at(_full(b))) for a, b in expected)
	assert (history.stopped, history.stop_cause, history.is_open) == (
		at("2023-10-02 17:00"),
		"resolved",
		False,
	)


def test_start_corrected_into_a_wait_begins_paused() -> None:
	rows = ledger((S, "09:00"), (B, "10:00", CUSTOMER), (Event.START_CORRECTED, "11:00"))
	history = rules.fold(rows, (CUSTOMER,))
	assert (history.paused_since, history.pause_cause) == (at("2023-10-02 11:00"), CUSTOMER)
	assert rules.used(history, WORK, at("2023-10-02 12:00")) == 0


def test_before_its_start_nothing_is_used() -> None:
	assert rules.used(History(at("2023-10-02 12:00")), WORK, at("2023-10-02 10:00")) == 0


@pytest.mark.parametrize(
	("warn_at", "now", "state"),
	[
		((50, 80), "10:59", State.RUNNING),
		((50, 80), "11:00", State.WARNING),
		((80,), "12:11", State.RUNNING),
		((80,), "12:12", State.WARNING),
		((), "12:59", State.RUNNING),
		((), "13:00", State.OVERDUE),
	],
)
def test_warning_begins_with_the_first_point(warn_at, now, state) -> None:
	history = History(at("2023-10-02 09:00"))
	assert rules.state(history, WORK, agreed(warn_at=warn_at), at(_full(now))) == state


HALF = Step(rules.PERCENT_USED, 50, "Engineer", "Desk Notification")
DUE = Step(rules.PERCENT_USED, 100, "Team Lead", "Email")
LATER = Step(rules.HOURS_AFTER_DUE, 2, "Role", "SMS", "Service Manager")


def test_steps_come_in_order_and_count_the_clocks_own_hours() -> None:
	history = History(at("2023-10-02 12:30"))
	reached = rules.moments(history, WORK, 4 * HOUR, (LATER, DUE, HALF))
	assert reached == [
		(at("2023-10-02 14:30"), HALF),
		(at("2023-10-02 16:30"), DUE),
		(at("2023-10-03 10:00"), LATER),  # one hour on Monday, the other on Tuesday
	]


def test_a_pause_holds_back_what_it_began_before() -> None:
	history = rules.fold(ledger((S, "09:00"), (B, "12:00", CUSTOMER)), (CUSTOMER,))
	assert rules.moments(history, WORK, 4 * HOUR, (HALF, DUE, LATER)) == [(at("2023-10-02 11:00"), HALF)]


def test_steps_have_keys_of_their_own() -> None:
	assert HALF.key == "Percent Used|50|Engineer|Desk Notification"
	assert LATER.key == "Hours after Due|2|Role|Service Manager|SMS"


@pytest.mark.parametrize(
	("rows", "taken", "now", "look"),
	[
		([(S, "09:00")], (), "09:00", "11:00"),  # the step
		([(S, "09:00")], (HALF.key,), "11:00", "12:12"),  # the warning
		([(S, "09:00")], (HALF.key,), "12:12", "13:00"),  # due
		([(S, "09:00")], (), "12:30", "11:00"),  # a step that was slept through: at once
		([(S, "09:00")], (HALF.key, DUE.key), "13:00", "15:00"),  # after due
		([(S, "09:00")], (HALF.key, DUE.key, LATER.key), "16:00", None),
		([(S, "09:00"), (B, "10:00", CUSTOMER)], (), "10:00", None),
		([(S, "09:00"), (B, "11:30", CUSTOMER)], (), "12:00", "11:00"),
		([(S, "09:00"), (B, "11:30", CUSTOMER)], (HALF.key,), "12:00", None),
		([(S, "09:00"), (STOP, "10:00")], (), "10:00", None),
		([(S, "09:00"), (Event.NOT_NEEDED, "10:00")], (), "10:00", None),
	],
)
def test_next_look(rows, taken, now, look) -> None:
	history = rules.fold(ledger(*rows), (CUSTOMER,))
	found = rules.next_look(history, WORK, agreed(), (HALF, DUE, LATER), taken, at(_full(now)))
	assert found == (at(_full(look)) if look else None)


@pytest.mark.parametrize(
	("target", "percent", "seconds"), [(100, 80, 80), (101, 80, 81), (3, 50, 2), (1, 1, 1), (10, 100, 10)]
)
def test_a_share_is_never_reached_early(target, percent, seconds) -> None:
	assert rules.share(target, percent) == seconds


def test_a_promise_nobody_can_keep_says_so() -> None:
	never = WorkingTime(Calendar("UTC", Week(()), name="Never"))
	with pytest.raises(PromiseOutOfReachError, match="Never"):
		rules.due(History(0), never, 1)


# the clocks we ship

KINDS = {kind.name: kind for kind in clock_kinds.BUILTIN}
STARTED, STOPPED, NOT_NEEDED, REOPENED = Event.STARTED, Event.STOPPED, Event.NOT_NEEDED, Event.REOPENED
# per kind what each happening does to an open clock of it
OPEN = {
	"First Response": {
		"responded": STOPPED,
		"arrived": STOPPED,
		"plan_delivered": STOPPED,
		"restored": STOPPED,
		"resolved": STOPPED,
		"cancelled": NOT_NEEDED,
	},
	"On Site": {"arrived": STOPPED, "resolved": NOT_NEEDED, "cancelled": NOT_NEEDED},
	"Solution Plan": {"plan_delivered": STOPPED, "resolved": STOPPED, "cancelled": NOT_NEEDED},
	"Business Restored": {"restored": STOPPED, "resolved": STOPPED, "cancelled": NOT_NEEDED},
	"Repair Complete": {"resolved": STOPPED, "cancelled": NOT_NEEDED},
	"Specialist Solution": {"resolved": STOPPED, "cancelled": NOT_NEEDED},
	"Report Delivered": {"report_delivered": STOPPED, "reopened": NOT_NEEDED, "cancelled": NOT_NEEDED},
}
HAPPENINGS = (
	"created",
	"responded",
	"arrived",
	"plan_delivered",
	"restored",
	"resolved",
	"report_delivered",
	"handed_to_specialists",
	"reopened",
	"cancelled",
)
BEGINS = {"Specialist Solution": "handed_to_specialists", "Report Delivered": "resolved"}
TAKEN_UP_AGAIN = {"On Site", "Business Restored", "Repair Complete", "Specialist Solution"}


@pytest.mark.parametrize("name", KINDS)
def test_what_happens_to_an_open_clock(name) -> None:
	effects = {h: KINDS[name].effect(h, exists=True, is_open=True) for h in HAPPENINGS}
	assert {h: effect for h, effect in effects.items() if effect} == OPEN[name]


@pytest.mark.parametrize("name", KINDS)
def test_what_starts_a_clock(name) -> None:
	effects = {h: KINDS[name].effect(h, exists=False, is_open=False) for h in HAPPENINGS}
	assert {h: effect for h, effect in effects.items() if effect} == {BEGINS.get(name, "created"): STARTED}


@pytest.mark.parametrize("cause", ["resolved", "arrived", "restored", "plan_delivered", "cancelled"])
@pytest.mark.parametrize("name", KINDS)
def test_what_happens_to_a_stopped_clock(name, cause) -> None:
	effects = {h: KINDS[name].effect(h, exists=True, is_open=False, stop_cause=cause) for h in HAPPENINGS}
	expected = {"reopened": REOPENED} if name in TAKEN_UP_AGAIN and cause == "resolved" else {}
	if name == "Report Delivered":
		expected = {"resolved": STARTED}  # every solution has a report of its own
	assert {h: effect for h, effect in effects.items() if effect} == expected


def test_kinds_have_names_and_codes_of_their_own() -> None:
	assert set(KINDS) == set(OPEN)
	assert len({kind.code for kind in clock_kinds.BUILTIN}) == len(clock_kinds.BUILTIN)
