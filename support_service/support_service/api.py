"""Whitelisted functions of the case room."""

from typing import Any

import frappe
from frappe import _
from frappe.query_builder import DocType
from frappe.query_builder.functions import Count

from support_service.constants.roles import DESK_AGENT, LEAD, MANAGER, STAFF
from support_service.foundation import locks
from support_service.foundation.platform import visible
from support_service.permissions import named_links
from support_service.permissions.role_check import has_role, require_role
from support_service.renamed import names_of_last_release
from support_service.service_level.clock import escalation
from support_service.support_service import moves
from support_service.support_service.assignments import assign_many
from support_service.support_service.lifecycle import OPEN_STATES, Move, Status
from support_service.support_service.merging import whole
from support_service.support_service.messaging import (
	customer_people,
	held_messages,
	messages,
	notify,
	reached,
)
from support_service.support_service.messaging.ways import choice, robots

MAY_SEND = (DESK_AGENT, LEAD, MANAGER, "System Manager")
MANY = 500  # rows of a list that are worked on at once


@frappe.whitelist()
def allowed_moves(request: str) -> list[dict[str, Any]]:
	"""Steps the session's user may take on `request` now.

	Each: action, label (translated), to_status, needs (fieldnames), needs_reason, needs_engineer, primary, danger.
	"""
	case = frappe.get_doc("Service Request", request)
	case.check_permission("read")
	return [_for_form(move, case.request_type) for move in moves.allowed_moves(case)]


@frappe.whitelist(methods=["POST"])
def move(
	request: str,
	action: str,
	reason: str | None = None,
	engineer: str | None = None,
	values: str | dict[str, Any] | None = None,
) -> dict[str, Any]:
	"""Take one step; returns the new status and modified stamp. See moves.apply_move for what may be refused."""
	frappe.has_permission("Service Request", "read", request, throw=True)
	named_links.require("Service Engineer", engineer, _("Engineer"))
	case = moves.apply_move(
		request,
		action,
		reason=reason,
		engineer=engineer,
		values=frappe.parse_json(values) if values else None,
	)
	return {"name": case.name, "status": case.status, "modified": case.modified}


@frappe.whitelist()
def movements(request: str) -> list[dict[str, Any]]:
	"""The case's ledger, oldest first: request, action, label, from_status, to_status, moved_by, full_name, moved_at, reason.

	With the steps of cases that were merged into it: whoever may see the whole may see them.
	"""
	frappe.has_permission("Service Request", "read", request, throw=True)
	parts = whole.parts_of(request)
	# a customer, who has the right to the case, too, sees steps as Frappe lets them
	read = frappe.get_all if len(parts) > 1 and has_role(STAFF) else frappe.get_list
	rows = read(
		"Service Request Move",
		filters={"request": ("in", parts)},
		fields=[
			"request",
			"action",
			"from_status",
			"to_status",
			"moved_by",
			"moved_at",
			"reason",
			"engineer",
			"told",
			"tell_attempts",
			"tell_error",
		],
		order_by="creation asc",
		limit=500,
	)
	for row in rows:
		row.label = label_of(row.action)
		row.full_name = frappe.utils.get_fullname(row.moved_by)
	return rows


@frappe.whitelist()
def add_multiple(args: Any = None) -> Any:
	"""In the place of `frappe.desk.form.assign_to.add_multiple`; each case asks for the right to it and to assign it."""
	return assign_many.add(args or frappe.local.form_dict)


@frappe.whitelist()
def messages_of(request: str) -> list[dict[str, Any]]:
	"""What of `request` reached whom, by which way and when, and what waits: see messaging/reached.py.

	Whoever may not read the outbox sees what went to the customer.
	"""
	frappe.has_permission("Service Request", "read", request, throw=True)
	return reached.of_case(
		request,
		with_ours=bool(frappe.has_permission("Service Message", "read")),
		may_send=has_role(MAY_SEND),
	)


@frappe.whitelist()
def message_ways() -> list[dict[str, str]]:
	"""The ways by which a customer may want to hear from us: `value` and `label`."""
	frappe.has_permission("Service Request", "read", throw=True)
	ways = dict.fromkeys((*messages.registered(), *choice.NOT_SENT))
	return [{"value": way, "label": _(way)} for way in ways]


@frappe.whitelist(methods=["POST"])
def send_again(message: str) -> str:
	"""Put a message that could not be sent back into the queue, once its cause is removed; returns its status."""
	frappe.only_for(MAY_SEND)
	frappe.has_permission("Service Message", "read", message, throw=True)
	# the sweep may be sending it at this moment
	doc = locks.get_doc("Service Message", message)
	messages.send_again(doc)
	return doc.status


@frappe.whitelist(methods=["POST"])
def send_many_again(names: str | list[str]) -> int:
	"""The same for several messages; those that have not failed are left as they are. Returns how many are queued."""
	queued = 0
	for name in frappe.parse_json(names)[:MANY]:
		if frappe.db.get_value("Service Message", name, "status") == "Failed":
			send_again(name)
			queued += 1
	return queued


@frappe.whitelist(methods=["POST"])
def test_robot(robot: str) -> str:
	"""Write a line into the chat of a robot; returns what it answered where it took it, else raises why it did not."""
	doc = frappe.get_doc(robots.ROBOT, robot)
	doc.check_permission("write")
	robots.take_turn(doc.name)
	frappe.db.commit()  # the row is not locked while we wait for the answer
	text = _("This is a test by {0}.").format(frappe.utils.get_fullname())
	robots.check(doc.name, robots.post(doc, text))
	return _("The robot took the message. Look into the chat.")


@frappe.whitelist(methods=["POST"])
def notify_again(request: str) -> int:
	"""Try again to notify people of steps of `request` of which nobody could be notified; returns how many steps."""
	require_role(
		customer_people.CONFIRMERS, _("Only agents, leads and managers can send notifications again.")
	)
	frappe.has_permission("Service Request", "read", request, throw=True)
	clocks = frappe.get_all("Service Clock", {"request": request}, pluck="name")
	return notify.again(request) + sum(escalation.again(clock) for clock in clocks)


@frappe.whitelist()
def address_state(request: str) -> dict[str, Any]:
	"""Whether links may go to the address of `request`: `why_not` (a sentence or None), `may_confirm`, `waiting` messages."""
	case = frappe.get_doc("Service Request", request)
	case.check_permission("read")
	why_not = customer_people.why_unconfirmed(case, case.contact_email) if case.contact_email else None
	user = frappe.session.user
	may_confirm = (
		bool(why_not)
		and has_role(customer_people.CONFIRMERS)
		and user not in customer_people.workers(case)
		and user != case.contact_email_by
	)
	waiting = frappe.db.count(held_messages.MESSAGE, {"request": case.name, "status": held_messages.WAITING})
	return {"why_not": why_not, "may_confirm": may_confirm, "waiting": waiting}


@frappe.whitelist(methods=["POST"])
def confirm_address(request: str) -> None:
	"""Stand for the address of `request`, so that links which answer for the customer may go there."""
	require_role(
		customer_people.CONFIRMERS, _("Only agents, leads and managers can confirm a customer's address.")
	)
	case = locks.get_doc("Service Request", request)
	case.check_permission("read")
	customer_people.confirm(case)


def label_of(action: str) -> str:
	"""The translated label of a ledger action."""
	step = moves.BY_ACTION.get(action)
	return _(step.label) if step else _("Created")


@frappe.whitelist()
def open_cases_by_status() -> dict[str, Any]:
	"""How many cases the session's user may see in each state that is not over, as data of a desk chart."""
	frappe.has_permission("Service Request", "read", throw=True)
	shown = (*OPEN_STATES, Status.RESOLVED)
	case = DocType("Service Request")
	query = frappe.qb.from_(case).select(case.status, Count("*")).where(case.status.isin(shown))
	if condition := visible("Service Request"):
		query = query.where(condition)
	cases = dict(query.groupby(case.status).run())
	return {
		"labels": [_(status, context="Service Request") for status in shown],
		"datasets": [{"name": _("Cases"), "values": [cases.get(status, 0) for status in shown]}],
	}


def _for_form(step: Move, request_type: str) -> dict[str, Any]:
	needs = [name for name in step.required_fields(request_type) if name not in ("engineer", "customer")]
	return {
		"action": step.action,
		"label": _(step.label),
		"to_status": step.target.value if step.target else None,
		"needs": needs,
		"needs_reason": step.needs_reason,
		"needs_engineer": "engineer" in step.needs,
		"primary": step.primary,
		"danger": step.danger,
	}


__getattr__ = names_of_last_release(__name__)
