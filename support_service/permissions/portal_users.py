"""Who has portal access for a customer: the Customer's Portal Users, added and removed by whoever may write that Customer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import validate_email_address

from support_service.constants.roles import CUSTOMER
from support_service.permissions import contact_ties

PORTAL_USER = "Portal User"


class AccessNotGivenError(frappe.ValidationError):
	"""The person cannot be given access as asked."""


def overview(customer: str) -> dict[str, list[dict[str, Any]]]:
	"""Who has portal access for `customer` and who could be given it.

	users: its Portal Users (user, full_name, enabled, last_login). offered: its other Contacts with an address (contact,
	full_name, address, has_login, known: staff made it).
	"""
	rows = frappe.get_all(
		PORTAL_USER,
		filters={"parent": customer, "parenttype": "Customer"},
		fields=["user", "user.full_name", "user.enabled", "user.last_login"],
		order_by="`tabPortal User`.idx asc",
	)
	return {"users": rows, "offered": _offered(customer, {row.user.lower() for row in rows})}


def give_access(customer: Document, address: str, first_name: str = "", last_name: str = "") -> str:
	"""Give the person with the e-mail `address` portal access for `customer`; invite them if there is no such user. Returns the user.

	The caller has checked that the session's user may write `customer`. Raises AccessNotGivenError.
	"""
	address = (address or "").strip().lower()
	if not validate_email_address(address):
		frappe.throw(_("{0} is not an e-mail address.").format(address or "?"), AccessNotGivenError)
	user = frappe.db.get_value("User", {"email": address}, ["name", "enabled"], as_dict=True)
	if user and not user.enabled:
		frappe.throw(
			_("The user {0} is disabled. Enable it first.").format(user.name),
			AccessNotGivenError,
		)
	name = user.name if user else _invite(address, first_name, last_name)
	_give_role(name)
	if not any(row.user == name for row in customer.portal_users):
		customer.append("portal_users", {"user": name})
		customer.save()
	return name


def let_in(customer: str, address: str, full_name: str = "") -> tuple[str | None, bool]:
	"""Give whoever reads the mail of `address` access, because one of the customer's people who manage access has invited them.

	Returns the user, and whether the login is new; None for an address of our own people or of a disabled login, which only
	somebody at the desk may give access.
	"""
	user = frappe.db.get_value("User", {"email": address}, ["name", "enabled", "user_type"], as_dict=True)
	if user and (not user.enabled or user.user_type == contact_ties.DESK):
		return None, False
	first, _space, last = full_name.partition(" ")
	name = user.name if user else _invite(address, first, last)
	_give_role(name)
	doc = frappe.get_doc("Customer", customer)
	if not any(row.user == name for row in doc.portal_users):
		doc.append("portal_users", {"user": name})
		# as in take_access: the row counts, even if the Customer cannot be saved for another reason
		doc.flags.update(ignore_validate=True, ignore_mandatory=True, ignore_links=True)
		# who was invited has no right to the Customer; who invited was checked
		doc.save(ignore_permissions=True)
	return name, not user


def take_access(customer: Document, user: str) -> None:
	"""Take portal access for `customer` from `user`, from their next request on. The login itself stays."""
	kept = [row for row in customer.portal_users if row.user != user]
	if len(kept) != len(customer.portal_users):
		customer.set("portal_users", kept)
		# access ends even if the Customer cannot be saved for another reason
		customer.flags.update(ignore_validate=True, ignore_mandatory=True, ignore_links=True)
		# the version tells a later takeover not to give it back
		customer.save(ignore_version=False)


def taken_away(customers: Iterable[str]) -> set[tuple[str, str]]:
	"""(customer, user) pairs whose access somebody took away, on the form or with `take_access`, by the Customer's versions."""
	versions = frappe.get_all(
		"Version",
		filters={
			"ref_doctype": "Customer",
			"docname": ("in", sorted(customers)),
			"data": ("like", '%"portal_users"%'),
		},
		fields=["docname", "data"],
		order_by=None,
	)
	return {
		(version.docname, row["user"])
		for version in versions
		for table, row in frappe.parse_json(version.data).get("removed") or ()
		if table == "portal_users" and row.get("user")
	}


def add_row(customer: str, user: str) -> None:
	"""Give `user` portal access without saving the Customer, which may be invalid for other reasons: for patches and takeovers."""
	if frappe.db.exists(PORTAL_USER, {"parent": customer, "parenttype": "Customer", "user": user}):
		return
	row = frappe.get_doc("Customer", customer).append("portal_users", {"user": user})
	row.db_insert()
	_give_role(user)


def before_insert(customer: Document, method: str | None = None) -> None:
	"""Hook `before_insert` of Customer: a website user who signs up gets portal access for the Customer that ERPNext makes of them."""
	user = frappe.session.user
	if user == "Guest" or any(row.user == user for row in customer.portal_users):
		return
	if frappe.db.get_value("User", user, "user_type") == "Website User":
		customer.append("portal_users", {"user": user})


def _give_role(user: str) -> None:
	"""Give the role Customer, which the portal's pages ask for."""
	if CUSTOMER not in frappe.get_roles(user):
		doc = frappe.get_doc("User", user)
		doc.append("roles", {"role": CUSTOMER})
		_save(doc)


def _invite(address: str, first_name: str, last_name: str) -> str:
	"""Make a website user, who gets Frappe's welcome mail with a link to set a password."""
	user = frappe.new_doc("User")
	user.update(
		{
			"email": address,
			"first_name": first_name or address.partition("@")[0],
			"last_name": last_name,
			"user_type": "Website User",
			"send_welcome_email": 1,
			"roles": [{"role": CUSTOMER}],
		}
	)
	# queued: a mail server that is down must not keep the person out
	user.flags.delay_emails = True
	_save(user)
	return user.name


def _save(user: Document) -> None:
	"""Save a login that was made for the website, or that got the role Customer."""
	# inviting a customer's people is part of keeping the Customer: who may write that need not have the right to change users
	user.save(ignore_permissions=True)


def _offered(customer: str, listed: set[str]) -> list[dict[str, Any]]:
	ties = [tie for tie in contact_ties.ties_of([customer]) if tie.addresses - listed]
	names = {
		row.name: row
		for row in frappe.get_all(
			"Contact",
			filters={"name": ("in", [tie.contact for tie in ties])},
			fields=["name", "full_name", "first_name", "last_name"],
			order_by=None,
		)
	}
	users = set(
		frappe.get_all(
			"User",
			filters={"name": ("in", sorted({address for tie in ties for address in tie.addresses}))},
			pluck="name",
			order_by=None,
		)
	)
	return [
		{
			"contact": tie.contact,
			"full_name": names[tie.contact].full_name or tie.contact,
			"address": address,
			"has_login": address in users,
			"known": tie.by_staff,
		}
		for tie in ties
		for address in sorted(tie.addresses - listed)
	]
