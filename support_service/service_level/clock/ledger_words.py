"""One line of words for each row of a clock's ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from frappe import _
from frappe.utils import cstr, get_datetime

from support_service.foundation import instants
from support_service.service_level.clock import explanation_words, kinds
from support_service.service_level.clock.rules import PERCENT_USED, Event

STEP = "Service Escalation Step"


def text(row: Any, pauses_for: Sequence[str]) -> str:
	"""A row of Service Clock Entry as a line of text. Its moments are in site time; the reason is not part of it."""
	if row.event == Event.WAIT_BEGAN:
		said = _("{0}: the clock is paused") if row.cause in pauses_for else _("{0}: the clock goes on")
		return said.format(_(row.cause))
	sentence = _SENTENCES.get(row.event)
	return sentence(row) if sentence else _(row.event, context="Service Clock Entry")


def _with_cause(said: str, row: Any) -> str:
	causes = {
		kinds.CREATED: _("case received"),
		kinds.RESPONDED: _("customer answered"),
		kinds.ARRIVED: _("engineer on site"),
		kinds.PLAN_DELIVERED: _("plan delivered"),
		kinds.RESTORED: _("business running again"),
		kinds.RESOLVED: _("case solved"),
		kinds.REPORT_DELIVERED: _("report delivered"),
		kinds.HANDED_TO_SPECIALISTS: _("handed to specialists"),
		kinds.REOPENED: _("case reopened"),
		kinds.CANCELLED: _("case cancelled"),
		"policy": _("no longer promised"),
		kinds.CUSTOMER_ANSWERED: _("the customer has written"),
	}
	if not row.cause:
		return said
	return _("{0}: {1}").format(said, causes.get(row.cause) or _(row.cause))


def _promise_changed(row: Any) -> str:
	promised = _("{0} of {1}", context="Service Clock").format(
		explanation_words.target(row.target_label, row.target_seconds), row.calendar
	)
	return _("{0}: {1}, {2}").format(_("Promise changed"), promised, _dues(row))


def _start_corrected(row: Any) -> str:
	return _("Start corrected to {0}, {1}").format(_moment(row.at), _dues(row))


def _stop_corrected(row: Any) -> str:
	return _("Stop corrected to {0}").format(_moment(row.at))


def _pause_added(row: Any) -> str:
	until = instants.from_utc(instants.of_utc_column(row.until_utc))
	return _("Pause added from {0} to {1}, {2}").format(_moment(row.at), _moment(until), _dues(row))


def _dues(row: Any) -> str:
	return _("due {0} → {1}").format(_moment(row.old_due), _moment(row.new_due))


def _escalated(row: Any) -> str:
	whom = row.get("robot") or row.role or row.whom
	action = _(row.action, context=STEP)
	told = _("{0} told by {1}").format(_(whom, context=STEP), action) if whom else action
	return _("{0}: {1}").format(_point(cstr(row.step)), told)


def _point(step: str) -> str:
	"""The point of an escalation step in words: its key begins with point and value."""
	point, _bar, rest = step.partition("|")
	value = rest.partition("|")[0]
	if point == PERCENT_USED:
		return _("Due", context="Service Clock") if value == "100" else _("{0} % used").format(value)
	return _("{0} h after due").format(value)


def _moment(value: Any) -> str:
	moment = get_datetime(value) if value else None
	return explanation_words.full(moment) if moment else "–"


_SENTENCES: dict[str, Callable[[Any], str]] = {
	Event.STARTED: lambda row: _with_cause(_("Started"), row),
	Event.STOPPED: lambda row: _with_cause(_("Stopped"), row),
	Event.NOT_NEEDED: lambda row: _with_cause(_("Not needed"), row),
	Event.REOPENED: lambda row: _("Reopened: the clock goes on"),
	Event.WAIT_ENDED: lambda row: _with_cause(_("The wait ended"), row),
	Event.PROMISE_CHANGED: _promise_changed,
	Event.START_CORRECTED: _start_corrected,
	Event.STOP_CORRECTED: _stop_corrected,
	Event.PAUSE_ADDED: _pause_added,
	Event.ESCALATED: _escalated,
}
