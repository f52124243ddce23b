"""Follows ERPNext's Call Log: one Service Call for each of its calls, whatever telephone system fills it.

The event of a Call Log makes it quick, the sweep makes it certain: it compares the Call Logs of the last day with our rows, so that
what a telephone system writes past the events is followed, too. A Call Log is never refused because of us.
This module is the one writer of a call's state; `screen.py` writes what people add.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe.model.document import Document
from frappe.query_builder import DocType
from frappe.query_builder.functions import Coalesce
from frappe.utils import add_to_date, cint, now_datetime

from support_service.constants.words import N_
from support_service.foundation import batches, locks, people, rows
from support_service.foundation.postponed import Backlog
from support_service.service_intake.calls import call_backs, callers, events, numbers, rules

CALL, LOG = "Service Call", "Call Log"
FOLLOW = Backlog(N_("Follow a call of the telephone system"), LOG)
HOURS_BACK, MOST = 24, 500
# what an event needs to know of a stored call
KNOWN = (
	"name",
	"state",
	"direction",
	"number",
	"number_key",
	"dialled",
	"agent",
	"started_on",
	"talked_on",
	"ended_on",
	"call_back",
	"customer",
	"contact",
	"service_request",
)


def after_insert(doc: Document, method: str | None = None) -> None:
	"""Hook of Call Log: it rings."""
	_follow_beside(doc)


def on_update(doc: Document, method: str | None = None) -> None:
	"""Hook of Call Log: the call goes on, or is over."""
	_follow_beside(doc)


def follow(log: Document) -> None:
	"""Store what `log` says of its call, and do what follows from it."""
	if rows.insert(CALL, [_new(log)], leave_present=True):
		call = _locked(log.name)
		_effects(call, None)
		return
	call = _locked(log.name)
	before = call.state
	changes = _changes(call, log)
	frappe.db.set_value(CALL, call.name, changes, update_modified=False)
	call.update(changes)
	_effects(call, before)


def _follow_beside(log: Document) -> None:
	batches.beside(lambda _name: follow(log), log.name, FOLLOW)


def run(limit: int = MOST) -> int:
	"""The sweep: Call Logs of the last day that our rows do not follow yet, and calls that nobody ended."""
	done = batches.one_by_one(
		_behind(limit),
		lock=lambda name: batches.lock_name(LOG, name),
		work=lambda name: follow(frappe.get_doc(LOG, name)),
		backlog=FOLLOW,
		limit=limit,
	)
	return done + batches.one_by_one(
		_lost(limit), lock=lambda name: batches.lock_name(CALL, name), work=_end_lost
	)


def _new(log: Document) -> dict[str, Any]:
	direction = rules.OUTGOING if log.type == rules.OUTGOING else rules.INCOMING
	number, dialled = log.get("from"), log.to
	if direction == rules.OUTGOING:
		number, dialled = dialled, number
	state = rules.state_after(None, log.status)
	caller = callers.only_one(number)
	return {
		"name": frappe.generate_hash(length=10),
		"call_log": log.name,
		"number": (number or "")[:140],
		"number_key": key_of(number),
		"direction": direction,
		"dialled": (dialled or "")[:140],
		"state": state,
		"agent": _agent(log, direction),
		"started_on": log.start_time or log.creation or now_datetime(),
		**_times(state, log, frappe._dict()),
		"duration": cint(log.duration),
		"recording_url": log.recording_url,
		"medium": log.medium,
		"log_status": log.status,
		"contact": caller[0] if caller else None,
		"customer": caller[1] if caller else None,
	}


def _changes(call: Any, log: Document) -> dict[str, Any]:
	dialled = (log.get("from") if call.direction == rules.OUTGOING else log.to) or ""
	state = rules.state_after(call.state, log.status, rings_elsewhere=dialled != (call.dialled or ""))
	return {
		"state": state,
		"dialled": dialled[:140],
		# whoever took it by hand keeps it where the telephone system names nobody
		"agent": _agent(log, call.direction) or call.agent,
		**_times(state, log, call),
		"duration": cint(log.duration),
		"recording_url": log.recording_url,
		"medium": log.medium,
		"log_status": log.status,
	}


def _times(state: str, log: Document, known: Any) -> dict[str, Any]:
	talked = known.talked_on or (now_datetime() if state == rules.TALKING else None)
	ended = (log.end_time or known.ended_on or now_datetime()) if state in rules.OVER else None
	return {"talked_on": talked, "ended_on": ended}


def _agent(log: Document, direction: str) -> str | None:
	"""The user at whose telephone it rings, or who calls somebody; nobody where it rings at a common number."""
	user = log.employee_user_id or (log.owner if direction == rules.OUTGOING else None)
	return next(iter(people.able([user], *events.ROLES)), None)


def key_of(number: str | None) -> str | None:
	"""What is the same for every way to write a number; None where it has no digits."""
	key = numbers.key(number, _region())
	return key[:40] if key else None


def _region() -> str | None:
	"""The country of the site, two letters."""
	country = frappe.db.get_single_value("System Settings", "country")
	code = frappe.db.get_value("Country", country, "code", cache=True) if country else None
	return code.upper() if code else None


def _locked(log: str) -> Any:
	return locks.get_value(CALL, {"call_log": log}, KNOWN, as_dict=True)


def _effects(call: Any, before: str | None) -> None:
	if call.state != before:
		if rules.asks_for_call_back(call.direction, call.state):
			call_backs.add(call)
		elif rules.has_reached_them(call.state):
			call_backs.reached(call)
		elif call.direction == rules.OUTGOING and call.state == rules.UNANSWERED:
			call_backs.tried(call)
	events.tell(call)


def _behind(limit: int) -> list[str]:
	log, call = DocType(LOG), DocType(CALL)
	query = (
		frappe.qb.from_(log)
		.left_join(call)
		.on(call.call_log == log.name)
		.select(log.name)
		.where(log.modified > add_to_date(now_datetime(), hours=-HOURS_BACK))
		.where(
			call.name.isnull()
			| (Coalesce(call.log_status, "") != Coalesce(log.status, ""))
			# a recording is there long after the call
			| (Coalesce(call.recording_url, "") != Coalesce(log.recording_url, ""))
		)
		.orderby(log.modified)
		.limit(limit)
	)
	return query.run(pluck=True)


def _lost(limit: int) -> list[str]:
	"""Calls that have been under way for longer than any call."""
	found: list[str] = []
	for state, hours in rules.LONGEST.items():
		since = add_to_date(now_datetime(), hours=-hours)
		found += frappe.get_all(
			CALL,
			{"state": state, "started_on": ["<", since]},
			pluck="name",
			order_by="started_on",
			limit=limit,
		)
	return found


def _end_lost(name: str) -> None:
	call = frappe.db.get_value(CALL, name, KNOWN, as_dict=True)
	before = call.state
	if before not in rules.UNDER_WAY:
		return
	changes = {"state": rules.when_lost(before), "ended_on": now_datetime()}
	frappe.db.set_value(CALL, name, changes, update_modified=False)
	call.update(changes)
	_effects(call, before)
