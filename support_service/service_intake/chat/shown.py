"""What is shown of chats: to either side what was said, to the desk who waits and who talks. Reads only."""

from __future__ import annotations

from typing import Any

import frappe
from frappe.utils import cint, get_fullname, now_datetime
from frappe.utils.html_utils import sanitize_html

from support_service.service_intake.chat import rules, talk, words

MOST = 50
MOST_MESSAGES = 500


def messages(chat: str, after: int, *, to_customer: bool) -> list[dict[str, Any]]:
	"""What was said after the place `after`, in order: place, kind, author, content (safe HTML), on, and `key`, the one that the
	reader's own client gave it."""
	found = frappe.get_all(
		talk.ROW,
		filters={"parent": chat, "idx": (">", cint(after))},
		fields=["idx", "kind", "communication", "message_key", "notice", "said_by", "said_on"],
		order_by="idx asc",
		limit=MOST_MESSAGES,
	)
	said = [row.communication for row in found if row.communication]
	fields = ["name", "content", "sender_full_name"]
	texts = frappe.get_all("Communication", {"name": ("in", said)}, fields, order_by=None) if said else []
	by_name = {row.name: row for row in texts}
	return [_message(row, by_name.get(row.communication), to_customer=to_customer) for row in found]


def head(chat: str, *, to_customer: bool) -> dict[str, Any]:
	"""State, request, who talks, and why it is over."""
	fields = ["name", "state", "service_request", "agent", "opened_by", "opened_on", "ended_why"]
	row = frappe.db.get_value(talk.CHAT, chat, fields, as_dict=True)
	request = frappe.db.get_value(
		talk.CASE, row.service_request, ["subject", "customer", "customer_name", "status"], as_dict=True
	)
	return {
		"name": row.name,
		"state": row.state,
		"open": row.state in rules.OPEN,
		"request": row.service_request,
		"subject": request.subject,
		"agent": get_fullname(row.agent) if row.agent else None,
		"over": words.over(to_customer=to_customer).get(row.ended_why) if row.ended_why else None,
		**(
			{}
			if to_customer
			else {
				"customer": request.customer,
				"customer_name": request.customer_name or request.customer,
				"status": request.status,
				"person": get_fullname(row.opened_by),
				"mine": row.agent == frappe.session.user,
			}
		),
	}


def of_desk() -> dict[str, Any]:
	"""Chats the current user may see that are open: `waiting`, the longest first, `mine`, `others`; `moment` is the present."""
	found = frappe.get_list(
		talk.CHAT,
		filters={"state": ("in", rules.OPEN)},
		fields=["name", "state", "service_request", "opened_by", "agent", "opened_on", "unanswered_since"],
		order_by="opened_on asc",
		limit=MOST,
	)
	cases = [row.service_request for row in found if row.service_request]
	fields = ["name", "subject", "customer_name", "team", "priority"]
	about = frappe.get_all(talk.CASE, {"name": ("in", cases)}, fields, order_by=None) if cases else []
	by_case = {case.name: case for case in about}
	rows = [_listed(row, by_case[row.service_request]) for row in found if row.service_request in by_case]
	me = frappe.session.user
	return {
		"waiting": [row for row in rows if row["state"] == rules.WAITING],
		"mine": [row for row in rows if row["state"] == rules.TALKING and row["agent"] == me],
		"others": [row for row in rows if row["state"] == rules.TALKING and row["agent"] != me],
		"moment": now_datetime(),
	}


def _message(row: Any, text: Any | None, *, to_customer: bool) -> dict[str, Any]:
	own = row.message_key if row.said_by == frappe.session.user else None
	author = get_fullname(row.said_by) if row.said_by else ""
	if row.kind == talk.NOTICE:
		content = frappe.utils.escape_html(words.notice(row.notice, author, to_customer=to_customer))
	else:
		content = sanitize_html(text.content or "", always_sanitize=True) if text else ""
	return {
		"place": row.idx,
		"kind": row.kind,
		"author": (text.sender_full_name if text else None) or author,
		"content": content,
		"on": row.said_on,
		"key": own.removeprefix(talk.mark_of(frappe.session.user)) if own else None,
	}


def _listed(row: Any, case: Any) -> dict[str, Any]:
	return {
		**row,
		"subject": case.subject,
		"customer_name": case.customer_name,
		"team": case.team,
		"priority": case.priority,
		"person": get_fullname(row.opened_by),
		"agent_name": get_fullname(row.agent) if row.agent else None,
	}
