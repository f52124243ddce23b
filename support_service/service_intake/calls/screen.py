"""The hotline screen of a call: whose it is, taking it, and writing down with one step what it was about.

What people add to a call (agent, customer, note, request) is written here alone. The row is locked for it, so that of two people
who take one call the second is told who was first.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import add_to_date, escape_html, format_datetime, get_fullname, now_datetime

from support_service.foundation import locks
from support_service.service_intake.calls import call_backs, callers, events, rules

CALL = "Service Call"
SHOWN = (
	"name",
	"number",
	"direction",
	"state",
	"agent",
	"dialled",
	"started_on",
	"talked_on",
	"ended_on",
	"recording_url",
	"customer",
	"contact",
	"service_request",
	"note",
	"call_log",
)
# a call stays on the screen for so long after its end, until it is written down
MINUTES_AFTER = 15
MOST_WAITING = 20


class CallTakenError(frappe.ValidationError):
	"""A colleague has taken the call."""


def mine(shown: str | None = None) -> dict[str, Any]:
	"""The current user's call, and the calls that wait for whoever takes them, the longest waiting first.

	shown: a call that is on the screen already; it is answered as it is now.
	"""
	return {
		"call": _own(),
		"waiting": waiting_for_anybody(),
		"shown": _newest({"name": shown}) if shown else None,
	}


def waiting_for_anybody() -> list[dict[str, Any]]:
	return frappe.get_list(
		CALL,
		filters={"state": rules.WAITING, "direction": rules.INCOMING, "agent": ["is", "not set"]},
		fields=list(SHOWN),
		order_by="started_on asc",
		limit=MOST_WAITING,
	)


def caller_of(call: str) -> callers.Callers:
	"""Who may be calling."""
	return callers.of(frappe.db.get_value(CALL, call, "number"))


def take(call: str) -> dict[str, Any]:
	"""The current user takes a call that waits for anybody; again for one's own call it changes nothing."""
	row = _locked(call)
	user = frappe.session.user
	if row.agent and row.agent != user:
		frappe.throw(_("{0} has taken this call.").format(get_fullname(row.agent)), CallTakenError)
	if row.agent != user:
		frappe.db.set_value(CALL, call, "agent", user, update_modified=False)
		row.agent = user
		events.tell(row)
	return row


def write_down(call: str, request: str, note: str | None = None) -> None:
	"""The call was about `request`: the two name each other from now on. note: kept with the call.

	A call may be about several requests; it names the first, the others say that they were reported in it.
	"""
	row = _locked(call)
	if row.service_request and row.service_request != request:
		_mention(row, request)
	about = frappe.db.get_value("Service Request", request, ["customer", "contact"], as_dict=True)
	values = {
		"service_request": row.service_request or request,
		"customer": about.customer or row.customer,
		"contact": about.contact or (row.contact if about.customer == row.customer else None),
		"note": "\n".join(filter(None, (row.note, note))) or None,
		"agent": row.agent or frappe.session.user,
	}
	frappe.db.set_value(CALL, call, values, update_modified=False)
	if row.call_back:
		call_backs.about(row.call_back, service_request=request, customer=about.customer)
	events.tell(row)


def note_on(call: str, request: str, note: str) -> None:
	"""Add what was said to a request that is there already. The caller has checked that the user may change it."""
	# in the timeline of the request for our people; a customer is shown no comments
	frappe.get_doc("Service Request", request).add_comment("Comment", escape_html(note).replace("\n", "<br>"))
	write_down(call, request, note)


def _own() -> dict[str, Any] | None:
	"""The newest call of the current user that is under way, or has just ended and was not written down."""
	mine = {"agent": frappe.session.user, "direction": rules.INCOMING}
	recent = add_to_date(now_datetime(), hours=-max(rules.LONGEST.values()))
	under_way = _newest({**mine, "state": ["in", rules.UNDER_WAY], "started_on": [">", recent]})
	if under_way:
		return under_way
	just_now = add_to_date(now_datetime(), minutes=-MINUTES_AFTER)
	ended = {**mine, "state": rules.ANSWERED, "ended_on": [">", just_now]}
	return _newest({**ended, "service_request": ["is", "not set"], "note": ["is", "not set"]})


def _newest(filters: dict[str, Any]) -> dict[str, Any] | None:
	found = frappe.get_list(CALL, filters=filters, fields=list(SHOWN), order_by="started_on desc", limit=1)
	return found[0] if found else None


def _mention(call: Any, request: str) -> None:
	text = _("Reported in the call of {0} ({1}), as {2} was.").format(
		format_datetime(call.started_on), call.number or "", call.service_request
	)
	frappe.get_doc("Service Request", request).add_comment("Info", escape_html(text))


def _locked(call: str) -> Any:
	return locks.get_value(CALL, call, [*SHOWN, "call_back"], as_dict=True)
