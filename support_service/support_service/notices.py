"""Who on our side is told when a case moves: lead, project manager, engineer. In the desk's notifications."""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

HIGH_PRIORITIES = ("Critical", "High")


def tell_of(move: Document, case: Document) -> None:
	"""Tell the people whose turn it is; called by telling.tell for each move, once."""
	if move.action == "create" and case.priority in HIGH_PRIORITIES:
		_tell(
			case,
			move.moved_by,
			("lead", "project_manager"),
			_("New request of priority {0}").format(_(case.priority)),
		)
	elif move.action == "create":
		_tell(case, move.moved_by, ("lead",), _("New request to assign"))
	elif move.action == "ask_to_take":
		asking = frappe.utils.get_fullname(move.moved_by)
		_tell(case, move.moved_by, ("lead",), _("{0} asks to take this request").format(asking))
	elif move.action in ("dispute", "reopen"):
		who = ("lead", "project_manager", "engineer_user")
		_tell(
			case,
			move.moved_by,
			who,
			_("Reopened: the customer is not satisfied") if move.action == "dispute" else _("Reopened"),
		)
	elif move.action == "withdraw":
		_tell(case, move.moved_by, ("lead",), _("The customer has withdrawn this request"))


def _tell(case: Document, by: str, whom: tuple[str, ...], text: str) -> None:
	"""Put a notification in the desk of each; `whom` names fields of the team, or `engineer_user` of the case."""
	users = {case.engineer_user} if "engineer_user" in whom else set()
	if case.team:
		team = frappe.get_cached_doc("Service Team", case.team)
		users |= {team.get(name) for name in whom if name != "engineer_user"}
	for user in sorted(users - {None, "", by}):
		frappe.get_doc(
			{
				"doctype": "Notification Log",
				"type": "Alert",
				"for_user": user,
				"from_user": by,
				"document_type": case.doctype,
				"document_name": case.name,
				"subject": f"{text}: {case.name} {frappe.utils.escape_html(case.subject or '')}",
			}
		).insert(ignore_permissions=True)  # nobody has create permission on another user's notifications
