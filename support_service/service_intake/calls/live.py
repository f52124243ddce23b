"""What a supervisor sees of the hotline now: who talks, who waits, what nobody took, and whom we still have to call back.

Every read goes through `frappe.get_list`, uses an index and has a limit: the page takes as long with a million old calls as with ten.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe.utils import add_to_date, get_fullname, now_datetime, today

from support_service.service_intake.calls import duty, rules

CALL, BACK = "Service Call", "Service Call Back"
MOST = 50
FIELDS = [
	"name",
	"number",
	"direction",
	"state",
	"agent",
	"dialled",
	"started_on",
	"talked_on",
	"customer",
	"service_request",
	"call_back",
]


def now() -> dict[str, Any]:
	"""talking, waiting, unanswered (of today), call_backs, closed_teams, and the `names` of the users in them."""
	found = {
		"talking": _calls(rules.TALKING, _hours_ago(rules.TALKING), "started_on asc"),
		"waiting": _calls(rules.WAITING, _hours_ago(rules.WAITING), "started_on asc"),
		"unanswered": _calls(rules.UNANSWERED, today(), "started_on desc", direction=rules.INCOMING),
		"call_backs": _call_backs(),
	}
	users = {row.get("agent") or row.get("assigned_to") for rows in found.values() for row in rows}
	names = {user: get_fullname(user) for user in users - {None, ""}}
	return {**found, "names": names, "closed_teams": duty.closed_teams(), "moment": now_datetime()}


def _calls(state: str, since: Any, order: str, **filters: Any) -> list[dict[str, Any]]:
	return frappe.get_list(
		CALL,
		filters={"state": state, "started_on": [">=", since], **filters},
		fields=FIELDS,
		order_by=order,
		limit=MOST,
	)


def _call_backs() -> list[dict[str, Any]]:
	return frappe.get_list(
		BACK,
		filters={"state": "Open"},
		fields=[
			"name",
			"number",
			"caller_name",
			"customer",
			"calls",
			"tries",
			"last_call_on",
			"due_by",
			"assigned_to",
		],
		order_by="due_by asc",
		limit=MOST,
	)


def _hours_ago(state: str) -> Any:
	return add_to_date(now_datetime(), hours=-rules.LONGEST[state])
