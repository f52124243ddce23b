"""Who on our side is notified when a case moves: lead, project manager, engineer; of what comes in also the contract's
dedicated engineer, and at night the one on duty.

In the desk's notifications.
"""

from __future__ import annotations

from dataclasses import dataclass

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.constants.words import N_
from support_service.foundation import people
from support_service.support_service import agreements
from support_service.support_service.messaging import recipients

HIGH_PRIORITIES = ("Critical", "High")
LEAD, PROJECT_MANAGER, ENGINEER = recipients.LEAD, "Project Manager", recipients.ENGINEER
ASKED_BY = "Asked By"


@dataclass(frozen=True, slots=True)
class Notice:
	"""`whom`: places of recipients.CHAIN, or ASKED_BY; `text` may name {who} and {priority}."""

	whom: tuple[str, ...]
	text: str


NOTICES: dict[str, Notice] = {
	"create": Notice((LEAD,), N_("New request to assign")),
	"ask_to_take": Notice((LEAD,), N_("{who} asks to take this request")),
	"decline_pick": Notice((ASKED_BY,), N_("Your wish to take this request was declined")),
	"dispute": Notice((LEAD, PROJECT_MANAGER, ENGINEER), N_("Reopened: the customer is not satisfied")),
	"reopen": Notice((LEAD, PROJECT_MANAGER, ENGINEER), N_("Reopened")),
	"withdraw": Notice((LEAD,), N_("The customer has withdrawn this request")),
}
URGENT = Notice((LEAD, PROJECT_MANAGER), N_("New request of priority {priority}"))


def notify_of(move: Document, case: Document) -> None:
	"""Notify the people whose turn it is; called by notify.notify, once for each move."""
	notice = NOTICES.get(move.action)
	if move.action == "create" and case.priority in HIGH_PRIORITIES:
		notice = URGENT
	if not notice:
		return
	users = _users(notice.whom, case)
	if move.action == "create":
		users.add(_dedicated(case))
		if recipients.outside_office_hours(case):
			users.update(recipients.users_on_duty(case))
	_notify(sorted(users - {None, "", move.moved_by}), notice.text, move, case)


def _users(whom: tuple[str, ...], case: Document) -> set[str | None]:
	users: set[str | None] = set()
	for one in whom:
		if one == ASKED_BY:
			asked = {"request": case.name, "action": "ask_to_take"}
			users.add(
				frappe.db.get_value("Service Request Move", asked, "moved_by", order_by="creation desc")
			)
		else:
			# a case without a lead is still somebody's; a place nobody has is nobody's
			find = recipients.users_for if one == LEAD else recipients.stand_in
			users.update(find(case, one))
	return users


def _dedicated(case: Document) -> str | None:
	"""The user of the engineer whom the customer's contract names."""
	engineer = agreements.dedicated_engineer(case)
	return frappe.db.get_value("Service Engineer", engineer, "user") if engineer else None


def _notify(users: list[str], text: str, move: Document, case: Document) -> None:
	def line(lang: str) -> str:
		said = _(text, lang=lang).format(
			who=frappe.utils.get_fullname(move.moved_by),
			priority=_(case.priority, lang=lang, context="Service Request"),
		)
		return f"{said}: {case.name} {case.subject or ''}"

	people.notify(users, line, document=(case.doctype, case.name), from_user=move.moved_by)
