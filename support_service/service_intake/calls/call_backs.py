"""Whom we have to call back: an unanswered call opens one call-back of its number, further ones join it, an answered one closes it.

This module is the one writer of Service Call Back. `open_key` is the number while the call-back is open and empty afterwards; it is
unique, so that two unanswered calls at once open one. Which of an unanswered and an answered call came last is read from when they
began, so the order of the events does not matter; what two transactions cannot see of each other the sweep puts right.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.query_builder import DocType
from frappe.utils import get_datetime, get_fullname, now_datetime

from support_service.constants.roles import STAFF
from support_service.foundation import batches, locks, people, rows
from support_service.service_intake.calls import duty, rules

BACK, CALL = "Service Call Back", "Service Call"
OPEN, DONE = "Open", "Done"
REACHED = (rules.TALKING, rules.ANSWERED)
SWEEP = "support_service.service_intake.calls.call_backs.run"
FLAG = "support_service:call_backs_due"
MOST = 500
FIELDS = ("name", "state", "calls", "tries", "first_call_on", "last_call_on", "assigned_to", "number")


class CallBackDoneError(frappe.ValidationError):
	"""Somebody has been called back already."""


class CannotCallBackError(frappe.ValidationError):
	"""The person chosen may not work on call-backs."""


def add(call: Any) -> None:
	"""Count an unanswered call, whose row is locked: it opens a call-back or joins the open one of its number."""
	if call.call_back or not call.number_key or _reached_since(call.number_key, call.started_on):
		return
	row = _open(call)
	changes = {
		"calls": row.calls + 1,
		"first_call_on": min(filter(None, (row.first_call_on, get_datetime(call.started_on)))),
		"last_call_on": max(filter(None, (row.last_call_on, get_datetime(call.started_on)))),
	}
	frappe.db.set_value(BACK, row.name, changes)
	frappe.db.set_value(CALL, call.name, "call_back", row.name, update_modified=False)
	call.call_back = row.name
	batches.enqueue(SWEEP, FLAG)


def reached(call: Any) -> None:
	"""We talk with somebody: what was to be called back at this number is done."""
	row = _locked_of_number(call.number_key)
	if row and (not row.last_call_on or get_datetime(call.started_on) >= row.last_call_on):
		_close(row.name, call.agent, None)
		frappe.db.set_value(CALL, call.name, "call_back", row.name, update_modified=False)


def tried(call: Any) -> None:
	"""We called and nobody answered: the call-back stays open."""
	if row := _locked_of_number(call.number_key):
		frappe.db.set_value(BACK, row.name, "tries", row.tries + 1)
		frappe.db.set_value(CALL, call.name, "call_back", row.name, update_modified=False)


def assign(name: str, user: str, due_by: datetime | str | None = None) -> None:
	"""Give an open call-back to `user`, and tell them. The caller has checked the right to it."""
	row = _locked(name)
	if not people.able([user], *STAFF):
		frappe.throw(
			_("{0} cannot work on call-backs. Choose somebody of the service desk or an engineer.").format(
				get_fullname(user)
			),
			CannotCallBackError,
		)
	changes: dict[str, Any] = {"assigned_to": user}
	if due_by:
		changes |= {"due_by": get_datetime(due_by), "reminded": 0}
	frappe.db.set_value(BACK, row.name, changes)
	if user not in (frappe.session.user, row.assigned_to):
		people.notify(
			[user],
			lambda lang: _("Please call back: {0}", lang).format(row.number),
			document=(BACK, row.name),
		)


def workers() -> list[dict[str, str]]:
	"""Users who can be given a call-back, with their names; the engineers on duty first."""
	users = dict.fromkeys([*duty.users_on_duty(), *people.holders(*STAFF)])
	return [{"value": user, "label": get_fullname(user)} for user in users]


def close(name: str, note: str | None = None, service_request: str | None = None) -> None:
	"""The current user has called back, or says why nobody has to. The caller has checked the right to it."""
	row = _locked(name)
	_close(row.name, frappe.session.user, note, service_request)


def about(name: str, **values: Any) -> None:
	"""Write down what a call-back is about: customer, contact, caller_name, service_request."""
	frappe.db.set_value(BACK, name, {field: value for field, value in values.items() if value})


def wanted(
	number: str, key: str, *, due_by: datetime, assigned_to: str | None, note: str, **values: Any
) -> str:
	"""Somebody is to be called at `number` though they have not called; joins the open call-back of the number. Its name.

	values: as of `about`.
	"""
	row = {
		"name": frappe.generate_hash(length=10),
		"open_key": key,
		"number": number,
		"state": OPEN,
		"calls": 0,
		"tries": 0,
		"last_call_on": now_datetime(),  # a call from now on answers it
		"due_by": due_by,
		"assigned_to": assigned_to,
	}
	rows.insert(BACK, [row], leave_present=True)
	fields = ["name", "note", "customer", "contact", "caller_name", "service_request"]
	found = locks.get_value(BACK, {"open_key": key}, fields, as_dict=True)
	missing = {field: value for field, value in values.items() if not found.get(field)}
	about(found.name, note=f"{found.note}\n{note}" if found.note else note, **missing)
	return found.name


def run(limit: int = MOST) -> int:
	"""The sweep, every minute: closes what was answered meanwhile, tells who is on duty, reminds of what is late."""
	batches.begun(FLAG)
	done = batches.one_by_one(_answered_since(limit), lock=_lock, work=_close_answered)
	return done + batches.one_by_one(_late(limit), lock=_lock, work=_remind)


def _open(call: Any) -> Any:
	"""The open call-back of the call's number, locked; a new one where there is none."""
	on_duty = duty.users_on_duty()
	assigned = on_duty[0] if on_duty else None
	row = {
		"name": frappe.generate_hash(length=10),
		"open_key": call.number_key,
		"number": call.number,
		"state": OPEN,
		"calls": 0,
		"tries": 0,
		"due_by": duty.due_by(),
		"assigned_to": assigned,
		"customer": call.customer,
		"contact": call.contact,
		"caller_name": _name_of(call.contact),
		"service_request": call.service_request,
	}
	new = rows.insert(BACK, [row], leave_present=True)
	if new and assigned:
		# outside office hours the engineers on duty are told at once
		people.notify(
			on_duty,
			lambda lang: _("Unanswered call outside office hours: {0}", lang).format(call.number),
			document=(BACK, row["name"]),
		)
	return locks.get_value(BACK, {"open_key": call.number_key}, FIELDS, as_dict=True)


def _close(name: str, by: str | None, note: str | None, service_request: str | None = None) -> None:
	changes = {"state": DONE, "open_key": None, "done_on": now_datetime(), "done_by": by}
	changes |= {"note": note} if note else {}
	changes |= {"service_request": service_request} if service_request else {}
	frappe.db.set_value(BACK, name, changes)


def _locked(name: str) -> Any:
	row = locks.get_value(BACK, name, FIELDS, as_dict=True)
	if row.state != OPEN:
		frappe.throw(
			_("{0} has been called back already. Reload the list.").format(row.number), CallBackDoneError
		)
	return row


def _locked_of_number(key: str | None) -> Any | None:
	# read first: a lock on a number that is not there would lock the gap in which others insert theirs
	name = frappe.db.get_value(BACK, {"open_key": key}) if key else None
	row = locks.get_value(BACK, name, FIELDS, as_dict=True) if name else None
	return row if row and row.state == OPEN else None


def _reached_since(key: str, moment: datetime | str) -> bool:
	later = {"number_key": key, "state": ["in", REACHED], "started_on": [">", moment]}
	return bool(frappe.db.exists(CALL, later))


def _answered_since(limit: int) -> list[str]:
	back, call = DocType(BACK), DocType(CALL)
	query = (
		frappe.qb.from_(back)
		.join(call)
		.on(call.number_key == back.open_key)
		.select(back.name)
		.distinct()
		.where((back.state == OPEN) & call.state.isin(REACHED) & (call.started_on >= back.last_call_on))
		.limit(limit)
	)
	return query.run(pluck=True)


def _close_answered(name: str) -> None:
	key, last = frappe.db.get_value(BACK, name, ["open_key", "last_call_on"])
	since = {"number_key": key, "state": ["in", REACHED], "started_on": [">=", last]}
	call = frappe.db.get_value(CALL, since, ["name", "agent"], as_dict=True, order_by="started_on")
	if call:
		_close(name, call.agent, None)


def _late(limit: int) -> list[str]:
	late = {"state": OPEN, "reminded": 0, "due_by": ["<=", now_datetime()]}
	return frappe.get_all(BACK, late, pluck="name", order_by="due_by", limit=limit)


def _remind(name: str) -> None:
	row = frappe.db.get_value(BACK, name, ["number", "assigned_to"], as_dict=True)
	people.notify(
		[row.assigned_to, *duty.leads()],
		lambda lang: _("Not called back in time: {0}", lang).format(row.number),
		document=(BACK, name),
	)
	frappe.db.set_value(BACK, name, "reminded", 1)


def _lock(name: str) -> bool:
	return batches.lock_row(BACK, name, "state", OPEN)


def _name_of(contact: str | None) -> str | None:
	return frappe.db.get_value("Contact", contact, "full_name") if contact else None
