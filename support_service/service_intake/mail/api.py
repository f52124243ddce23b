"""Whitelisted functions of the form of a stored message. Each checks the caller's role and the permission first."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

from support_service.constants.roles import DESK_AGENT, LEAD, MANAGER
from support_service.permissions import role_check
from support_service.service_intake.mail import pull, repair, spool

ROLES = (DESK_AGENT, LEAD, MANAGER)
SETS_UP = (MANAGER, "System Manager")


@frappe.whitelist()
def view(mail: str) -> dict[str, Any]:
	"""Headers, text and names of attachments of a stored message."""
	_require(mail)
	return repair.view(frappe.get_doc(pull.MAIL, mail))


@frappe.whitelist()
def raw(mail: str) -> None:
	"""The message as it came, as a download."""
	_require(mail)
	digest, subject = frappe.db.get_value(pull.MAIL, mail, ["raw_hash", "subject"])
	frappe.response.filename = f"{frappe.scrub(subject or mail)[:60]}.eml"
	frappe.response.filecontent = spool.read(digest)
	frappe.response.type = "download"


@frappe.whitelist(methods=["POST"])
def replay(mail: str) -> str:
	"""Work the message off again by the rules; returns its new state."""
	_require(mail)
	return repair.replay(mail)


@frappe.whitelist(methods=["POST"])
def add_to_request(mail: str, request: str) -> str:
	"""Add the message to a request that the caller may change; returns its new state."""
	_require(mail)
	frappe.has_permission("Service Request", "write", doc=request, throw=True)
	return repair.add_to(mail, request)


@frappe.whitelist(methods=["POST"])
def open_request(mail: str, customer: str | None = None) -> str:
	"""Make a new request of the message, of `customer` where one is chosen; returns its new state."""
	_require(mail)
	frappe.has_permission("Service Request", "create", throw=True)
	if customer:
		frappe.has_permission("Customer", "read", doc=customer, throw=True)
	return repair.open_request(mail, customer)


@frappe.whitelist(methods=["POST"])
def mark_as_automatic(mail: str) -> str:
	"""Keep the message aside: no person wrote it."""
	_require(mail)
	return repair.mark_as_automatic(mail)


@frappe.whitelist(methods=["POST"])
def look_now(mailbox: str) -> int:
	"""Look into a mailbox at once; returns how many messages were taken in."""
	role_check.require_role(SETS_UP, _("Only who sets up mailboxes may do this."))
	frappe.has_permission(pull.MAILBOX, "write", doc=mailbox, throw=True)
	return pull.pull(mailbox)


def _require(mail: str) -> None:
	role_check.require_role(ROLES, _("Only the service desk works on incoming mail."))
	frappe.has_permission(pull.MAIL, "read", doc=mail, throw=True)
