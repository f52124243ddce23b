"""Whitelisted functions of the chat on the portal. Who sees a chat's request sees the chat, and may write in it."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

from support_service.customer_portal import api as portal
from support_service.customer_portal import pages, words
from support_service.foundation import rate_limits, transactions
from support_service.service_intake import channels, intake
from support_service.service_intake.chat import desk, shown, talk
from support_service.service_intake.chat import words as chat_words

MESSAGES_A_MINUTE = 20
NEW_CHATS_AN_HOUR = 30


@frappe.whitelist(methods=["POST"])
def begin(text: str, key: str, unit: str = "", request: str = "", customer: str = "") -> dict[str, Any]:
	"""The first words: about one of the customer's own units or requests, or about neither. Returns the chat as `look` does.

	Where the user has a chat open, they are said in that one. key: made by the page once per message; repeating it stores
	nothing.
	"""
	pages.refuse_forged()
	customers = pages.own_customers()
	_require_chat()
	_count()
	if not talk.open_chat_of(frappe.session.user):
		rate_limits.count("new-chat", NEW_CHATS_AN_HOUR, subject=frappe.session.user)
	case = _open_case(request, customers) if request else None
	payload = None if case else _payload(text, unit, customer, customers)
	return _look(transactions.repeated(lambda: talk.begin(text, key, case=case, payload=payload)))


@frappe.whitelist(methods=["POST"])
def send(chat: str, text: str, key: str) -> dict[str, Any]:
	"""Write in a chat; returns the `place` of the message. In one that is over it becomes a message of the request."""
	pages.refuse_forged()
	_find(chat)
	_count()
	return {"place": transactions.repeated(lambda: talk.write(chat, text, key))}


@frappe.whitelist(methods=["GET"])
def look(chat: str = "", after: int = 0) -> dict[str, Any]:
	"""A chat (without a name the one that the user has open, if any) with its messages after the place `after`, and `nobody`:
	what to say where nobody of us can talk now."""
	customers = pages.own_customers()
	if not customers:
		frappe.throw(
			_("Your login is not connected to a customer yet. Please call us."), frappe.PermissionError
		)
	if chat:
		_find(chat)
	else:
		chat = talk.open_chat_of(frappe.session.user) or ""
	if not chat:
		why = desk.why_nobody()
		return {"nobody": chat_words.nobody(why) if why else None, "messages": []}
	return _look(chat, after)


@frappe.whitelist(methods=["POST"])
def end(chat: str) -> dict[str, Any]:
	"""End a chat; its request goes on."""
	pages.refuse_forged()
	_find(chat)
	transactions.repeated(lambda: talk.end(chat, by_customer=True))
	return shown.head(chat, to_customer=True)


def _look(chat: str, after: int = 0) -> dict[str, Any]:
	found = shown.messages(chat, after, to_customer=True)
	said = [{**message, "on": words.moment(message["on"])} for message in found]
	return {**shown.head(chat, to_customer=True), "messages": said}


def _find(chat: str) -> None:
	"""Raise where the chat is none, or its request is not one of the user's."""
	pages.find_own(talk.CASE, frappe.db.get_value(talk.CHAT, chat, "service_request") if chat else None)


def _require_chat() -> None:
	if not channels.is_on(talk.CHANNEL):
		frappe.throw(
			_("There is no chat at the moment. Please report a problem instead."), portal.PortalInputError
		)


def _open_case(request: str, customers: frozenset[str]) -> str:
	case = pages.find_own(talk.CASE, request, customers)
	if case.status in talk.OVER:
		frappe.throw(_("This request is closed. Please open a new one."), portal.PortalInputError)
	return case.name


def _payload(text: str, unit: str, customer: str, customers: frozenset[str]) -> intake.IntakePayload:
	"""The request that the first words become."""
	owner = portal.case_owner(customers, unit, customer)
	contact = pages.own_contact(owner)
	return intake.IntakePayload(
		subject=_first_line(text),
		request_type="Fault" if unit else "Inquiry",
		customer=owner,
		installed_unit=unit or None,
		contact=contact.name,
		contact_name=contact.full_name,
		contact_phone=contact.phone or None,
		contact_email=frappe.db.get_value("User", frappe.session.user, "email"),
		preferred_channel="Email",
	)


def _first_line(text: str) -> str:
	line = (text.strip().splitlines() or [""])[0].strip()
	return line if len(line) <= 140 else line[:139].rstrip() + "…"


def _count() -> None:
	rate_limits.count("chat-message", MESSAGES_A_MINUTE, subject=frappe.session.user, seconds=60)
