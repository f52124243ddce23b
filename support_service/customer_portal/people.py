"""Several people of one customer on the portal: who manages access sees the others, invites colleagues and removes them.

Who manages access is said on the Customer, by whoever may change it. An invitation is a mail with a link that works once; only its
SHA-256 is stored, it expires and can be revoked. Opening the link shows a page, accepting takes a click.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

import frappe
from frappe import _
from frappe.utils import add_to_date, get_datetime, get_url, now_datetime, validate_email_address

from support_service.customer_portal import pages, words
from support_service.foundation import locks, rate_limits
from support_service.permissions import portal_users, who

INVITATION, PORTAL_USER = "Portal Invitation", "Portal User"
OPEN, ACCEPTED, REVOKED = "Open", "Accepted", "Revoked"
DAYS = 14
MOST_OPEN = 50
# pages opened in an hour: by one address, by all guests together
LOOKS = {"address": 60, "site": 3000}


class InvitationError(frappe.ValidationError):
	"""Somebody cannot be invited, or removed, as asked."""


class InvitationLinkError(frappe.ValidationError):
	"""The link is wrong, used, revoked or expired; the answer does not say which."""


def managed() -> frozenset[str]:
	"""Customers of whose people the session's user decides."""
	return who.managed_by(frappe.session.user) & pages.own_customers()


def require_managed(customer: str) -> str:
	"""`customer`, if the session's user manages its access; raises pages.NotFoundForCustomerError for every other name."""
	if customer not in managed():
		frappe.throw(_("There is no such entry, or it is not one of yours."), pages.NotFoundForCustomerError)
	return customer


def people_page() -> list[dict[str, Any]]:
	"""For each customer that the user manages: name, title, people and open invitations."""
	return [
		{
			"name": customer,
			"title": frappe.db.get_value("Customer", customer, "customer_name"),
			"people": _people(customer),
			"invitations": _invitations(customer),
		}
		for customer in sorted(managed())
	]


def invite(customer: str, email: str, full_name: str) -> str:
	"""Invite somebody by mail; an open invitation to the same address is replaced. Returns the invitation.

	Whether the address has a login already is not told. Raises InvitationError.
	"""
	email = (email or "").strip().lower()
	if not validate_email_address(email):
		frappe.throw(_("Please enter the e-mail address of your colleague."), InvitationError)
	if email in {row.user.lower() for row in _rows(customer)}:
		frappe.throw(_("{0} is one of your people already.").format(frappe.bold(email)), InvitationError)
	locks.get_value("Customer", customer)
	for name in frappe.get_all(
		INVITATION, {"customer": customer, "email": email, "status": OPEN}, pluck="name"
	):
		_close(name, REVOKED)
	if frappe.db.count(INVITATION, {"customer": customer, "status": OPEN}) >= MOST_OPEN:
		frappe.throw(_("Too many invitations are open. Revoke some of them first."), InvitationError)
	token = secrets.token_urlsafe(32)
	invitation = frappe.get_doc(
		{
			"doctype": INVITATION,
			"customer": customer,
			"email": email,
			"full_name": (full_name or "").strip()[:140],
			"status": OPEN,
			"invited_by": frappe.session.user,
			"expires_on": add_to_date(now_datetime(), days=DAYS),
			"token_hash": _fingerprint(token),
		}
		# the one writer: nobody has the right to create invitations; the caller checked who invites
	).insert(ignore_permissions=True)
	_write_to(invitation, token)
	return invitation.name


def revoke(name: str) -> None:
	"""End an open invitation of a customer that the user manages."""
	row = frappe.db.get_value(INVITATION, name, ["customer", "status"], as_dict=True)
	require_managed(row.customer if row else "")
	if locks.get_value(INVITATION, name, "status") == OPEN:
		_close(name, REVOKED)


def remove(customer: str, user: str) -> None:
	"""Take the portal access of a colleague away; not one's own, nor that of somebody else who manages access."""
	row = next((row for row in _rows(customer) if row.user == user), None)
	if not row:
		frappe.throw(_("There is no such entry, or it is not one of yours."), pages.NotFoundForCustomerError)
	if row.get(who.MANAGES) or user == frappe.session.user:
		frappe.throw(
			_("Whoever manages access is removed by our service desk. Please write to us."), InvitationError
		)
	doc = frappe.get_doc("Customer", customer)
	doc.flags.ignore_permissions = True  # a customer may not change the Customer; only this row of it goes
	portal_users.take_access(doc, user)


def find_by_token(token: str) -> Any:
	"""The open invitation whose link carries `token`, else None: used, revoked, expired and invented look the same."""
	if not 20 <= len(token or "") <= 200:
		return None
	name = frappe.db.get_value(INVITATION, {"token_hash": _fingerprint(token), "status": OPEN})
	found = frappe.get_doc(INVITATION, name) if name else None
	return found if found and get_datetime(found.expires_on) > now_datetime() else None


def link_page(token: str) -> dict[str, Any]:
	"""Context of the page behind the link; `valid` is False for a wrong, used, revoked or expired one."""
	rate_limits.count_guest("invitation-page", **LOOKS)
	found = find_by_token(token)
	if not found:
		return {"valid": False}
	return {
		"valid": True,
		"token": token,
		"email": found.email,
		"customer": frappe.db.get_value("Customer", found.customer, "customer_name"),
	}


def accept(token: str) -> dict[str, Any]:
	"""Give the invited person access; returns `has_login`: else they get Frappe's mail to set a password.

	The link came to their mailbox, so the address is theirs. Raises InvitationLinkError.
	"""
	found = find_by_token(token)
	if found:
		found = locks.get_doc(INVITATION, found.name)
	# whoever invited may have lost the right meanwhile
	if not found or found.status != OPEN or found.customer not in who.managed_by(found.invited_by):
		frappe.throw(_("This link is no longer valid."), InvitationLinkError)
	user, is_new = portal_users.let_in(found.customer, found.email, found.full_name or "")
	if not user:
		frappe.throw(_("This link is no longer valid."), InvitationLinkError)
	_close(found.name, ACCEPTED, user=user, accepted_on=now_datetime())
	return {"has_login": not is_new}


def _close(name: str, status: str, **more: Any) -> None:
	# the token goes with it: a link works once
	frappe.db.set_value(INVITATION, name, {"status": status, "token_hash": None, **more})


def _rows(customer: str) -> list[Any]:
	return frappe.get_all(
		PORTAL_USER,
		filters={"parent": customer, "parenttype": "Customer"},
		fields=["user", who.MANAGES],
		order_by="idx asc",
	)


def _people(customer: str) -> list[dict[str, Any]]:
	rows = _rows(customer)
	names = dict(
		frappe.get_all(
			"User",
			{"name": ("in", [row.user for row in rows] or [""]), "enabled": 1},
			["name", "full_name"],
			as_list=True,
		)
	)
	return [
		{
			"user": row.user,
			"full_name": names[row.user],
			"manages": bool(row.get(who.MANAGES)),
			"may_remove": not row.get(who.MANAGES) and row.user != frappe.session.user,
		}
		for row in rows
		if row.user in names
	]


def _invitations(customer: str) -> list[dict[str, Any]]:
	rows = frappe.get_all(
		INVITATION,
		{"customer": customer, "status": OPEN},
		["name", "email", "full_name", "expires_on"],
		order_by="creation desc",
		limit=MOST_OPEN,
	)
	now = now_datetime()
	return [
		{**row, "over": get_datetime(row.expires_on) <= now, "until": words.day(row.expires_on)}
		for row in rows
	]


def _write_to(invitation: Any, token: str) -> None:
	customer = frappe.db.get_value("Customer", invitation.customer, "customer_name")
	context = {
		"customer": customer,
		"inviter": frappe.utils.get_fullname(frappe.session.user),
		"url": get_url(f"/service-invitation?token={token}"),
		"until": words.day(invitation.expires_on),
	}
	try:
		frappe.sendmail(
			recipients=[invitation.email],
			subject=_("You are invited to the service page of {0}").format(customer),
			message=frappe.render_template("support_service/templates/emails/invitation.html", context),
		)
	except frappe.OutgoingEmailError:
		frappe.clear_last_message()
		frappe.throw(_("No mail can be sent at present. Please call us."), InvitationError)


def _fingerprint(token: str) -> str:
	return hashlib.sha256(token.encode()).hexdigest()
