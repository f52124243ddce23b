"""From a stored clock and its ledger to what both say now. Reads calendars and policies, writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import frappe

from support_service.foundation import instants
from support_service.service_level.calendar import calendars
from support_service.service_level.clock import escalation_steps, rules
from support_service.service_level.clock.rules import Entry, History, State, Step
from support_service.service_level.policy.terms import Terms

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
	"""A clock read at one moment. due: None while paused. reached: steps whose moment has come, earliest first."""

	history: History
	state: State
	due: int | None
	used: int
	reached: tuple[tuple[int, Step], ...]
	next_look: int | None


def read(row: Row, entries: Iterable[Row], now: int) -> Reading:
	"""Read the clock stored in `row` with its ledger rows, ordered by `no`.

	Raises PromiseOutOfReachError where its calendar cannot meet the target in ten years.
	"""
	return read_terms(terms_of(row), map(entry_of, entries), now, taken=steps_taken(row))


def read_terms(terms: Terms, entries: Iterable[Entry], now: int, *, taken: Iterable[str] = ()) -> Reading:
	"""As `read`, for terms and entries that are not stored yet."""
	history = rules.fold(entries, terms.pauses_for)
	calendar = calendars.working_time(terms.calendar_version)
	steps = escalation_steps.steps_of(terms.policy, terms.kind)
	moments = rules.moments(history, calendar, terms.target, steps) if history.is_open else []
	return Reading(
		history=history,
		state=rules.state(history, calendar, terms, now),
		due=rules.due(history, calendar, terms.target),
		used=rules.used(history, calendar, now),
		reached=tuple((moment, step) for moment, step in moments if moment <= now),
		next_look=rules.next_look(history, calendar, terms, steps, taken, now, moments),
	)


def columns(reading: Reading, taken: Iterable[str]) -> dict[str, Any]:
	"""The values of store.DERIVED for a reading; `taken`: keys of the steps taken under the present promise."""
	history = reading.history
	return {
		"state": reading.state.value,
		"started_at": instants.from_utc(history.started),
		"started_utc": instants.utc_column(history.started),
		"due_at": instants.from_utc(reading.due),
		"due_utc": instants.utc_column(reading.due),
		"stopped_at": instants.from_utc(history.stopped),
		"stopped_utc": instants.utc_column(history.stopped),
		"used_seconds": reading.used,
		"next_utc": instants.utc_column(reading.next_look),
		"steps_taken": frappe.as_json(sorted(taken), indent=None),
	}


def terms_of(row: Row) -> Terms:
	"""What a stored clock, row or document, promises."""
	return Terms(
		kind=row.get("kind"),
		target=row.get("target_seconds"),
		target_label=row.get("target_label"),
		calendar=row.get("calendar"),
		calendar_version=row.get("calendar_version"),
		warn_at=tuple(int(percent) for percent in (row.get("warn_at") or "").split(",") if percent.strip()),
		pauses_for=tuple(wait for wait in (row.get("pauses_for") or "").split(",") if wait),
		policy=row.get("policy"),
	)


def terms_columns(terms: Terms) -> dict[str, Any]:
	"""The reverse of `terms_of`."""
	return {
		"kind": terms.kind,
		"target_seconds": terms.target,
		"target_label": terms.target_label,
		"calendar": terms.calendar,
		"calendar_version": terms.calendar_version,
		"warn_at": ",".join(map(str, terms.warn_at)),
		"pauses_for": ",".join(terms.pauses_for),
		"policy": terms.policy,
	}


def entry_of(row: Row) -> Entry:
	"""A stored ledger row as rules understand it."""
	return Entry(
		event=row["event"],
		at=instants.of_utc_column(row["at_utc"]) or 0,
		cause=row["cause"] or "",
		until=instants.of_utc_column(row["until_utc"]),
	)


def steps_taken(row: Row) -> frozenset[str]:
	"""Keys of the steps taken under the clock's present promise."""
	return frozenset(frappe.parse_json(row.get("steps_taken") or "[]"))
