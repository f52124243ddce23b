"""Who on our side is told when a case moves: lead, project manager, engineer; of what comes in also the contract's
dedicated engineer, and at night the one on duty.

In the desk's notifications.
"""

from __future__ import annotations

from dataclasses import dataclass

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.constants.words import N_
from support_service.foundation import language
from support_service.support_service import agreements, recipients

HIGH_PRIORITIES = ("Critical", "High")


@dataclass(frozen=True, slots=True)
class Notice:
	"""`whom`: fields of the team, `engineer_user` of the case, or `asked_by`; `text` may name {who} and {priority}."""

	whom: tuple[str, ...]
	text: str


NOTICES: dict[str, Notice] = {
	"create": Notice(("lead",), N_("New request to assign")),
	"ask_to_take": Notice(("lead",), N_("{who} asks to take this request")),
	"decline_pick": Notice(("asked_by",), N_("Your wish to take this request was declined")),
	"dispute": Notice(
		("lead", "project_manager", "engineer_user"), N_("Reopened: the customer is not satisfied")
	),
	"reopen": Notice(("lead", "project_manager", "engineer_user"), N_("Reopened")),
	"withdraw": Notice(("lead",), N_("The customer has withdrawn this request")),
}
URGENT = Notice(("lead", "project_manager"), N_("New request of priority {priority}"))


def tell_of(move: Document, case: Document) -> None:
	"""Tell the people whose turn it is; called by telling.tell for each move, once."""
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
	for user in sorted(users - {None, "", move.moved_by}):
		_notify(user, notice.text, move, case)


def _users(whom: tuple[str, ...], case: Document) -> set[str | None]:
	team = frappe.get_cached_doc("Service Team", case.team) if case.team else frappe._dict()
	users = {team.get(name) for name in whom}
	if "engineer_user" in whom:
		users.add(case.engineer_user)
	if "asked_by" in whom:
		asked = {"request": case.name, "action": "ask_to_take"}
		users.add(frappe.db.get_value("Service Request Move", asked, "moved_by", order_by="creation desc"))
	return users


def _dedicated(case: Document) -> str | None:
	"""The user of the engineer whom the customer's contract names."""
	engineer = agreements.dedicated_engineer(case)
	return frappe.db.get_value("Service Engineer", engineer, "user") if engineer else None


def _notify(user: str, text: str, move: Document, case: Document) -> None:
	"""Put one notification, in the reader's language, into their desk."""
	lang = language.of_user(user)
	line = _(text, lang=lang).format(
		who=frappe.utils.get_fullname(move.moved_by),
		priority=_(case.priority, lang=lang, context="Service Request"),
	)
	frappe.get_doc(
		{
			"doctype": "Notification Log",
			"type": "Alert",
			"for_user": user,
			"from_user": move.moved_by,
			"document_type": case.doctype,
			"document_name": case.name,
			"subject": frappe.utils.escape_html(f"{line}: {case.name} {case.subject or ''}"),
		}
	).insert(ignore_permissions=True)  # nobody has create permission on another user's notifications
