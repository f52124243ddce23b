"""Who acts for a customer on the portal: the Customer's Portal Users, given and taken by who may write that Customer."""

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
	"""users: who acts for `customer` (user, full_name, enabled, last_login). offered: its other Contacts with an address
	(contact, full_name, address, has_login, known: staff made it)."""
	rows = frappe.get_all(
		PORTAL_USER,
		filters={"parent": customer, "parenttype": "Customer"},
		fields=["user", "user.full_name", "user.enabled", "user.last_login"],
		order_by="`tabPortal User`.idx asc",
	)
	return {"users": rows, "offered": _offered(customer, {row.user.lower() for row in rows})}


def give(customer: Document, address: str, first_name: str = "", last_name: str = "") -> str:
	"""Let the person behind `address` act for `customer`; invites them where there is no such user. Returns the user.

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


def take(customer: Document, user: str) -> None:
	"""`user` no longer acts for `customer`, from the next request on. The login itself stays."""
	kept = [row for row in customer.portal_users if row.user != user]
	if len(kept) != len(customer.portal_users):
		customer.set("portal_users", kept)
		# another fault of the Customer must not keep anybody's access alive
		customer.flags.update(ignore_validate=True, ignore_mandatory=True, ignore_links=True)
		# the history remembers it, so that no takeover gives it back
		customer.save(ignore_version=False)


def taken_away(customers: Iterable[str]) -> set[tuple[str, str]]:
	"""(customer, user) whose access somebody took away, here or in the Customer's table, by the Customer's own history."""
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
	"""List `user` on `customer` without saving the Customer, which may have other faults: for patches and takeovers."""
	if frappe.db.exists(PORTAL_USER, {"parent": customer, "parenttype": "Customer", "user": user}):
		return
	row = frappe.get_doc("Customer", customer).append("portal_users", {"user": user})
	row.db_insert()
	_give_role(user)


def before_insert(customer: Document, method: str | None = None) -> None:
	"""Hook `before_insert` of Customer: ERPNext makes one of a website user who signs up, and they act for it."""
	user = frappe.session.user
	if user == "Guest" or any(row.user == user for row in customer.portal_users):
		return
	if frappe.db.get_value("User", user, "user_type") == "Website User":
		customer.append("portal_users", {"user": user})


def _give_role(user: str) -> None:
	"""The portal's pages ask for ERPNext's role; whoever may say who acts for a customer may give it."""
	if CUSTOMER not in frappe.get_roles(user):
		doc = frappe.get_doc("User", user)
		doc.append("roles", {"role": CUSTOMER})
		doc.save(ignore_permissions=True)


def _invite(address: str, first_name: str, last_name: str) -> str:
	"""A website user, who gets Frappe's welcome mail with a link to set a password."""
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
	# inviting a customer's people is part of keeping the Customer; it makes a login for the website and nothing else
	user.insert(ignore_permissions=True)
	return user.name


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
