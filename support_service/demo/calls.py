"""Calls of the demo as a telephone system writes them, into ERPNext's Call Log: a fault that was reported, a call nobody took, and one
that was called back.

What follows from them (the calls of the hotline, call-backs) the app makes by itself; only its times are dated back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import frappe
from frappe.utils import add_to_date, now_datetime

from support_service.demo import cases
from support_service.demo.base import acting_as
from support_service.demo.customer_data import BY_KEY
from support_service.demo.people import email_of
from support_service.service_intake.calls import rules, screen

HOTLINE = "+86 27 8500 0000"


@dataclass(frozen=True, slots=True)
class Call:
	"""One call, some minutes ago; seconds: how long it rang, how long they talked (0: nobody answered).

	story: the case that it was about; it then began just before the case was opened. ours: we called the customer.
	"""

	key: str
	customer: str
	minutes_ago: int
	rang: int
	talked: int = 0
	story: str = ""
	note: str = ""
	ours: bool = False


CALLS = (
	Call("stripes", "hospital", 0, 9, 260, story="scanner-stripes", note="12 位患者已改约，请尽快安排工程师。"),
	Call("hotel-1", "hotel", 48, 40),
	Call("hotel-2", "hotel", 35, 25),
	Call("factory", "factory", 1560, 40),
	Call("factory-back", "factory", 1530, 12, 190, note="Wanted to know when the spindle arrives: Thursday.", ours=True),
)  # fmt: skip


def make_calls() -> None:
	"""Every call that this site does not have yet."""
	for call in CALLS:
		if not frappe.db.exists("Call Log", _log_id(call)):
			_play(call)


def summary() -> str:
	"""How many demo calls there are, and how many people wait to be called back."""
	logs = [_log_id(call) for call in CALLS]
	found = frappe.get_all("Service Call", {"call_log": ("in", logs)}, pluck="call_back")
	backs = [back for back in found if back]
	waiting = frappe.db.count("Service Call Back", {"name": ("in", backs or [""]), "state": "Open"})
	return f"  {len(found)} calls, {waiting} to be called back"


def _log_id(call: Call) -> str:
	return f"demo-{call.key}"


def _play(call: Call) -> None:
	request = cases.case_of(call.story) if call.story else None
	began = _began(call, request)
	phone = BY_KEY[call.customer].phone
	answered = add_to_date(began, seconds=call.rang)
	ended = add_to_date(answered, seconds=call.talked)
	# whoever calls a customer is the owner of the Call Log; a call that comes in is written by the telephone system
	with acting_as(email_of(cases.AGENT) if call.ours else "Administrator"):
		log = frappe.get_doc(
			{
				"doctype": "Call Log",
				"id": _log_id(call),
				"from": HOTLINE if call.ours else phone,
				"to": phone if call.ours else HOTLINE,
				"type": rules.OUTGOING if call.ours else rules.INCOMING,
				"status": "Ringing",
				"start_time": began,
			}
		)
		# a telephone system writes it, whoever may do so
		log.insert(ignore_permissions=True)
	name = frappe.db.get_value("Service Call", {"call_log": log.name})
	if call.talked:
		with acting_as(email_of(cases.AGENT)):
			screen.take(name)
			if request:
				screen.write_down(name, request, call.note)
		_goes_on(log, "In Progress")
		_goes_on(log, "Completed", end_time=ended, duration=call.talked)
	else:
		_goes_on(log, "No Answer", end_time=ended)
	_date_back(name, call, began, answered if call.talked else None, ended)


def _began(call: Call, request: str | None) -> datetime:
	if not request:
		return add_to_date(now_datetime(), minutes=-call.minutes_ago)
	return add_to_date(frappe.db.get_value("Service Request", request, "raised_on"), minutes=-3)


def _goes_on(log: Any, status: str, **values: Any) -> None:
	log.update({"status": status, **values})
	with acting_as("Administrator"):
		log.save()


def _date_back(name: str, call: Call, began: datetime, answered: datetime | None, ended: datetime) -> None:
	times = {"creation": began, "talked_on": answered, "ended_on": ended}
	frappe.db.set_value("Service Call", name, times, update_modified=False)
	back = frappe.db.get_value("Service Call", name, "call_back")
	if not back:
		return
	if answered:
		frappe.db.set_value("Service Call Back", back, {"done_on": answered, "note": call.note})
	elif frappe.db.get_value("Service Call Back", back, "calls") == 1 and call.minutes_ago > 60:
		# it was to be done within the hour
		due = {"creation": began, "due_by": add_to_date(began, minutes=60)}
		frappe.db.set_value("Service Call Back", back, due, update_modified=False)
