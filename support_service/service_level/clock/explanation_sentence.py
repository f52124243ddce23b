"""The sentences of an explanation, from its facts; see explanation.py."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from frappe import _
from frappe.utils import get_system_timezone

from support_service.foundation import instants
from support_service.service_level.clock import explanation_words, kinds
from support_service.service_level.clock.explanation_rules import (
	BY_HAND,
	CLOSED,
	DAY_OFF,
	HOLIDAY,
	REOPENED,
	WEEKEND,
	Counted,
	Explanation,
	Stretch,
	on_the_wall,
)
from support_service.service_level.clock.rules import State

MOST = 3  # days or holidays named one by one


def promise(found: Explanation, now: int) -> str:
	"""What was promised from when, what counted, paused and was skipped, and the moment all that leads to."""
	if found.state == State.NOT_NEEDED:
		return ""
	calendar = _calendar(found, now)
	started = calendar.moment(on_the_wall(found.history.started, found.zone))
	start = _("{0} of {1} {2} time from {3}").format(
		explanation_words.target(found.target_label, found.target),
		found.calendar,
		explanation_words.city(found.zone),
		started,
	)
	parts = [start, *_counted(found, calendar), *_paused(found), *_special(found)]
	if found.skipped:
		parts.append(_("{0} skipped").format(explanation_words.several(list(_skipped(found.skipped)))))
	return _("{0} → {1}").format(explanation_words.clauses(parts), _outcome(found, calendar))


def standing(found: Explanation, now: int, reason: str) -> Iterator[str]:
	"""Whether the promise was kept, is late, or is not needed any more."""
	history, calendar = found.history, _calendar(found, now)
	if found.state == State.NOT_NEEDED:
		since = calendar.moment(on_the_wall(history.stopped or now, found.zone))
		yield _("Not needed since {0}: {1}").format(since, _why_not(history.stop_cause, reason))
	elif found.state == State.OVERDUE:
		late = -found.left
		said = _("Overdue by {0} of working time").format(explanation_words.duration(late))
		yield said if late >= 60 else _("Overdue")
		if history.paused_since is not None:
			since = calendar.moment(on_the_wall(history.paused_since, found.zone))
			yield _("Paused since {0} ({1})").format(since, _(history.pause_cause))
	elif history.stopped is not None:
		yield _stopped(found, calendar.moment(on_the_wall(history.stopped, found.zone)))


def reopened(found: Explanation, at: int, now: int) -> str:
	return _("Reopened {0}").format(_calendar(found, now).moment(on_the_wall(at, found.zone)))


def joined(origin: str, request: str) -> str:
	return _("Promised on {0}, which was merged into {1}: it stays as it was given").format(origin, request)


def corrected(reason: str | None) -> str:
	return _("Corrected by hand: {0}").format(reason) if reason else _("Corrected")


def changed(found: Explanation, at: int, old_due: int | None, reason: str | None, now: int) -> str:
	"""The promise before the last change, with the reason of the change."""
	calendar = _calendar(found, now)
	when = calendar.moment(on_the_wall(at, found.zone))
	if old_due is None:
		return _("Promise changed {0} ({1})").format(when, reason or _("no reason recorded"))
	before = calendar.moment(on_the_wall(old_due, found.zone))
	return _("Promise changed {0}, due {1} before ({2})").format(
		when, before, reason or _("no reason recorded")
	)


def _calendar(found: Explanation, now: int) -> explanation_words.Calendar:
	history = found.history
	moments = [history.started, found.due, history.stopped, history.paused_since]
	walls = [on_the_wall(moment, found.zone) for moment in moments if moment is not None]
	return explanation_words.Calendar(walls, on_the_wall(now, found.zone))


def _outcome(found: Explanation, calendar: explanation_words.Calendar) -> str:
	"""The moment the promise is due, in site time as well where that reads otherwise; or that it waits."""
	if found.due is None:
		since = calendar.moment(on_the_wall(found.history.paused_since or 0, found.zone))
		return _("paused since {0} ({1}), {2} left").format(
			since, _(found.history.pause_cause), explanation_words.duration(found.left)
		)
	wall, here = on_the_wall(found.due, found.zone), instants.from_utc(found.due)
	if here is None or wall.replace(tzinfo=None) == here:
		return calendar.moment(wall)
	return _("{0} ({1} {2} time)").format(
		calendar.moment(wall), calendar.moment(on_the_wall(found.due, get_system_timezone())), _site_city()
	)


def _site_city() -> str:
	return explanation_words.city(get_system_timezone())


def _counted(found: Explanation, calendar: explanation_words.Calendar) -> Iterator[str]:
	"""The days before the last one, which the due moment speaks for."""
	counted: Sequence[Counted] = found.counted
	if found.due is not None and counted and counted[-1].date == on_the_wall(found.due, found.zone).date():
		counted = counted[:-1]
	for place, day in enumerate(counted[:MOST]):
		said = _("{0} on {1}", context="Service Clock") if place else _("{0} counted on {1}")
		yield said.format(explanation_words.duration(day.seconds), calendar.day(day.date))
	if rest := counted[MOST:]:
		said = _("{0} on {1}", context="Service Clock") if len(rest) == 1 else _("{0} on {1} more days")
		days = calendar.day(rest[0].date) if len(rest) == 1 else len(rest)
		yield said.format(explanation_words.duration(sum(day.seconds for day in rest)), days)


def _paused(found: Explanation) -> Iterator[str]:
	said = {
		"Waiting for Customer": _("paused {0} waiting for customer"),
		"Waiting for Parts": _("paused {0} waiting for parts"),
		"Waiting for Vendor": _("paused {0} waiting for vendor"),
		REOPENED: _("stopped for {0} before it was reopened"),
		BY_HAND: _("paused {0} by a correction"),
	}
	for pause in found.paused:
		words_of = said.get(pause.cause)
		length = explanation_words.duration(pause.seconds)
		yield words_of.format(length) if words_of else _("paused {0} ({1})").format(length, _(pause.cause))


def _special(found: Explanation) -> Iterator[str]:
	for stretch in found.special:
		days = explanation_words.days(stretch.first, stretch.last)
		yield _("special hours {0} ({1})").format(days, stretch.label)


def _skipped(stretches: Sequence[Stretch]) -> Iterator[str]:
	rest = [stretch for stretch in stretches if stretch.kind in (WEEKEND, DAY_OFF)]
	if rest:
		yield _rest(rest)
	named = [stretch for stretch in stretches if stretch.kind in (HOLIDAY, CLOSED)]
	for stretch in named[:MOST]:
		yield _named(stretch)
	more = len(named) - MOST
	if more > 0:
		yield _("1 more holiday") if more == 1 else _("{0} more holidays").format(more)


def _rest(stretches: Sequence[Stretch]) -> str:
	if stretches[0].kind == WEEKEND:
		return _("weekend") if len(stretches) == 1 else _("{0} weekends").format(len(stretches))
	number = sum((stretch.last - stretch.first).days + 1 for stretch in stretches)
	return explanation_words.weekday(stretches[0].first) if number == 1 else _("{0} days off").format(number)


def _named(stretch: Stretch) -> str:
	days = explanation_words.days(stretch.first, stretch.last)
	if stretch.label:
		return _("{0} ({1})").format(stretch.label, days)
	return _("holiday on {0}").format(days) if stretch.kind == HOLIDAY else _("closed on {0}").format(days)


def _stopped(found: Explanation, when: str) -> str:
	if found.state == State.MET:
		return _("Stopped {0}: kept, with {1} to spare").format(
			when, explanation_words.duration(max(found.left, 0))
		)
	if -found.left < 60:
		return _("Stopped {0}: missed").format(when)
	return _("Stopped {0}: missed by {1}").format(when, explanation_words.duration(-found.left))


def _why_not(cause: str, reason: str) -> str:
	said = {
		kinds.CANCELLED: _("the case was cancelled"),
		kinds.RESOLVED: _("the case was solved without it"),
		kinds.REOPENED: _("the case was reopened"),
		"policy": _("the policy that holds now does not promise it"),
	}
	why = said.get(cause) or _("set by hand")
	return _("{0} ({1})").format(why, reason) if reason else why
