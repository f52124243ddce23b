"""Whitelisted functions of chats for our people: the page *Service Chats*.

Each checks the role first, then the permission on the chat, which is that on its request.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import get_fullname

from support_service.constants.roles import STAFF
from support_service.foundation import people, rate_limits, transactions
from support_service.permissions import role_check
from support_service.service_intake.chat import desk, presence, shown, talk

MESSAGES_A_MINUTE = 60


@frappe.whitelist(methods=["POST"])
def at_my_desk() -> dict[str, int]:
	"""The caller has just done something in the desk; returns how many chats `wait` that they may take, and after how many
	`minutes` without a click or key they count as gone."""
	_only_for_staff()
	presence.note(frappe.session.user)
	waiting = frappe.get_list(talk.CHAT, {"state": "Waiting"}, pluck="name", limit=shown.MOST)
	return {"wait": len(waiting), "minutes": desk.minutes().present}


@frappe.whitelist(methods=["POST"])
def not_there() -> None:
	"""The caller does not talk with customers for now; until they do something in the desk again."""
	_only_for_staff()
	presence.gone(frappe.session.user)


@frappe.whitelist()
def open_chats() -> dict[str, Any]:
	"""Who waits, whom the caller talks with, and the chats of colleagues."""
	_only_for_staff()
	return shown.of_desk()


@frappe.whitelist()
def look(chat: str, after: int = 0) -> dict[str, Any]:
	"""One chat: its head, and its messages after the place `after`."""
	_require(chat)
	return {
		**shown.head(chat, to_customer=False),
		"messages": shown.messages(chat, after, to_customer=False),
	}


@frappe.whitelist(methods=["POST"])
def take(chat: str) -> None:
	"""Take a chat that waits. Raises talk.ChatTakenError where a colleague was first."""
	_require(chat)
	presence.note(frappe.session.user)
	transactions.repeated(lambda: talk.take(chat))


@frappe.whitelist(methods=["POST"])
def answer(chat: str, text: str, key: str) -> dict[str, int]:
	"""Write to the customer in a chat that the caller has taken; returns the `place` of the message."""
	_require(chat)
	rate_limits.count("chat-answer", MESSAGES_A_MINUTE, subject=frappe.session.user, seconds=60)
	presence.note(frappe.session.user)
	return {"place": transactions.repeated(lambda: talk.answer(chat, text, key))}


@frappe.whitelist()
def who_can_take(chat: str) -> list[dict[str, Any]]:
	"""Whom a chat can be given to: `value` the user, `label` the name, and `present`; who is at their desk first."""
	_require(chat)
	case = frappe.get_doc(talk.CASE, frappe.db.get_value(talk.CHAT, chat, "service_request"))
	there = desk.users_present(case)
	rest = [user for user in people.holders(*STAFF) if user not in there and desk.may_see(case, user)]
	return [
		{"value": user, "label": get_fullname(user), "present": user in there} for user in (*there, *rest)
	]


@frappe.whitelist(methods=["POST"])
def hand_over(chat: str, user: str) -> None:
	"""Give an open chat to a colleague, who is told."""
	_require(chat)
	transactions.repeated(lambda: talk.hand_over(chat, user))


@frappe.whitelist(methods=["POST"])
def end(chat: str) -> None:
	"""End a chat; its request goes on."""
	_require(chat)
	transactions.repeated(lambda: talk.end(chat, by_customer=False))


def _require(chat: str) -> None:
	_only_for_staff()
	frappe.has_permission(talk.CHAT, "read", doc=chat, throw=True)


def _only_for_staff() -> None:
	role_check.require_role(
		STAFF,
		_("This is for {0}. Ask the Service Manager for one of these roles.").format(
			", ".join(_(role) for role in STAFF)
		),
	)
