"""Tells the browsers of those who may see a chat that it has changed, by Frappe's realtime.

A hint, no more: it names the chat and its state, and pages ask for the rest. They also ask by themselves every few seconds.
"""

from __future__ import annotations

from typing import Any

import frappe

from support_service.constants.roles import STAFF
from support_service.foundation import people
from support_service.service_intake.chat import desk

EVENT = "support_service_chat"


def tell_all(chat: Any, case: Any) -> None:
	"""A chat waits, was taken or is over: all who may see its request, and the customer, when the transaction is committed."""
	_send(chat, [user for user in people.holders(*STAFF) if desk.may_see(case, user)])


def tell_both(chat: Any) -> None:
	"""Somebody wrote: the two who talk."""
	_send(chat, [chat.agent] if chat.agent else [])


def _send(chat: Any, users: list[str]) -> None:
	said = {"chat": chat.name, "state": chat.state, "agent": chat.agent}
	for user in {*users, chat.opened_by}:
		frappe.publish_realtime(EVENT, said, user=user, after_commit=True)
