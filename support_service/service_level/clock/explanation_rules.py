"""Why a clock says what it says, as facts: what was counted on which day, what paused it, what was skipped. Frappe-free.

The parts add up: what is counted on the days up to the promised moment is the target, in seconds of the clock's own
calendar, and a pause is as long as the working time it took away.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from support_service.service_level.calendar.wall_clock import zone_of
from support_service.service_level.calendar.working_time import Calendar, Day, WorkingTime
from support_service.service_level.clock import rules
from support_service.service_level.clock.rules import Entry, Event, History, State
from support_service.service_level.policy.terms import Terms

# causes of lost time that are not waits
REOPENED, BY_HAND = "Reopened", "By Hand"
WEEKEND, DAY_OFF, CLOSED, HOLIDAY, SPECIAL_HOURS = "weekend", "day off", "closed", "holiday", "special hours"
WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Counted:
	"""Seconds counted on a local day of the calendar, pauses taken out."""

	date: date
	seconds: int


@dataclass(frozen=True, slots=True)
class Paused:
	"""Working time a cause took away: the status of a wait, REOPENED or BY_HAND."""

	cause: str
	seconds: int


@dataclass(frozen=True, slots=True)
class Stretch:
	"""Days from `first` to `last` that are not ordinary ones; kind: WEEKEND, DAY_OFF, CLOSED, HOLIDAY, SPECIAL_HOURS."""

	kind: str
	first: date
	last: date
	label: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
	"""Everything the sentence of a clock is made of. Moments are UTC seconds, to be read in `zone`.

	due: None while a pause holds it back. left: seconds of the target not used; negative: so much too late.
	counted: all days up to `due`, or up to the pause. reason, changed_at and so on belong to the clock's ledger and are
	put beside this by explanation.py.
	"""

	kind: str
	state: State
	calendar: str
	zone: str
	target: int
	target_label: str
	history: History
	due: int | None
	left: int
	counted: tuple[Counted, ...]
	paused: tuple[Paused, ...]
	skipped: tuple[Stretch, ...]
	special: tuple[Stretch, ...]


def explained(terms: Terms, entries: Sequence[Entry], work: WorkingTime, now: int) -> Explanation:
	"""The facts about a clock with this ledger at `now`; raises PromiseOutOfReachError as computing it does."""
	history = rules.fold(entries, terms.pauses_for)
	due = rules.due(history, work, terms.target)
	end = due if due is not None else history.paused_since or history.started
	days = work.days(history.started, end) if end > history.started else []
	return Explanation(
		kind=terms.kind,
		state=rules.state(history, work, terms, now),
		calendar=terms.calendar,
		zone=work.calendar.zone,
		target=terms.target,
		target_label=terms.target_label,
		history=history,
		due=due,
		left=terms.target - rules.used(history, work, now),
		counted=_counted(days, history, work, end),
		paused=_paused(entries, terms.pauses_for, work, end),
		skipped=_skipped(days, work.calendar),
		special=_stretches((SPECIAL_HOURS, day) for day in days if day.note == "change"),
	)


def _counted(days: Iterable[Day], history: History, work: WorkingTime, end: int) -> tuple[Counted, ...]:
	lost: dict[date, int] = {}
	for begin, finish in history.pauses:
		for day in work.days(begin, min(finish, end)) if begin < end else ():
			lost[day.date] = lost.get(day.date, 0) + day.seconds
	counted = (Counted(day.date, day.seconds - lost.get(day.date, 0)) for day in days)
	return tuple(day for day in counted if day.seconds > 0)


def _paused(
	entries: Sequence[Entry], pauses_for: Sequence[str], work: WorkingTime, end: int
) -> tuple[Paused, ...]:
	"""Working time lost by cause.

	Pauses may overlap, so causes are laid over each other one by one, and each is given what it adds.
	"""
	own = [entry for entry in entries if entry.event != Event.PAUSE_ADDED]
	layers = [(REOPENED, rules.fold(own, ()))]
	layers += [(cause, rules.fold(own, pauses_for[: place + 1])) for place, cause in enumerate(pauses_for)]
	layers.append((BY_HAND, rules.fold(entries, pauses_for)))
	found, before = [], 0
	for cause, history in layers:
		if end <= history.started:
			continue
		lost = work.between(history.started, end) - work.between(history.started, end, history.pauses)
		if lost > before:
			found.append(Paused(cause, lost - before))
		before = lost
	return tuple(found)


def _skipped(days: Sequence[Day], calendar: Calendar) -> tuple[Stretch, ...]:
	"""Days on which nothing was open, and why: in groups that follow each other, weekends first."""
	holidays = dict(calendar.holidays)
	dark = [(day, _is_rest(day, calendar, holidays)) for day in days if not day.seconds and day.note]
	rest = [day for day, rests in dark if rests]
	worked = {window.weekday for window in calendar.week.windows}
	off = {day.date.weekday() for day in rest} | (set(range(7)) - worked)
	off -= {day.date.weekday() for day in days if day.seconds}  # a night shift went on into it
	kind = WEEKEND if _are_neighbours(off) else DAY_OFF
	stretches = _stretches((kind, Day(day.date, 0)) for day in rest)
	return stretches + _stretches((day.note, day) for day, rests in dark if not rests)


def _is_rest(day: Day, calendar: Calendar, holidays: dict[date, str]) -> bool:
	"""A day on which this calendar is never open: no windows, or a weekly day off in its list of holidays.

	ERPNext writes those into the same list; what distinguishes them from a long holiday is coming back week after week.
	"""
	if day.note == "holiday":
		near = (-2, -1, 1, 2)
		return sum(holidays.get(day.date + WEEK * weeks) == day.label for weeks in near) >= 2
	weekdays = {window.weekday for window in calendar.week.windows}
	return day.note == "closed" and day.date.weekday() not in weekdays


def _are_neighbours(weekdays: set[int]) -> bool:
	return len(weekdays) == 2 and any({day, (day + 1) % 7} == weekdays for day in weekdays)


def _stretches(days: Iterable[tuple[str, Day]]) -> tuple[Stretch, ...]:
	"""Days that follow each other and have the same kind and label become one stretch."""
	found: list[Stretch] = []
	for kind, day in days:
		last = found[-1] if found else None
		if last and (last.kind, last.label, last.last) == (kind, day.label, day.date - timedelta(days=1)):
			found[-1] = Stretch(kind, last.first, day.date, day.label)
		else:
			found.append(Stretch(kind, day.date, day.date, day.label))
	return tuple(found)


def on_the_wall(moment: int, zone: str) -> datetime:
	"""What the clock on the wall of `zone` reads at `moment`."""
	return datetime.fromtimestamp(moment, zone_of(zone))
