"""Which Contacts of a customer were made by staff, so that their addresses may be trusted.

Everybody with a login may create a Contact with any link and any address, and change their own. So a Contact never gives
access (`who.customers_of` reads the Customer's Portal Users alone). Where an address is needed all the same, a Contact is
trusted only if desk users or the customer's own Portal Users made it and saved it last. Both are checked: Frappe always writes
the session's user as `modified_by`, while a client can send `owner` along with a later save. The rows are checked in the same
way, for REST saves a row without its Contact (`contact_rows.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import frappe

DESK = "System User"


@dataclass(frozen=True, slots=True)
class Tie:
	"""A Contact linked to a Customer.

	addresses: in lower case. known: it may be trusted. by_staff: nobody but staff made it, so a takeover may give its user
	portal access. saved_by: who made the Contact, its link and its addresses, and who saved them last. saved_on: when the
	Contact was saved last.
	"""

	contact: str
	customer: str
	user: str | None
	addresses: frozenset[str]
	known: bool
	by_staff: bool
	saved_by: frozenset[str]
	saved_on: datetime


def known_contacts(customer: str) -> list[str]:
	"""Names of the Contacts of `customer` that may be trusted, in the order of their names."""
	return [tie.contact for tie in ties_of([customer]) if tie.known]


def known_addresses(customer: str) -> frozenset[str]:
	"""E-mail addresses, in lower case, of the customer's trusted Contacts and enabled Portal Users."""
	ours = {address for tie in ties_of([customer]) if tie.known for address in tie.addresses}
	return frozenset(ours | {user.lower() for user in portal_users([customer])[customer]})


def portal_users(customers: Iterable[str], *, also: str = "") -> dict[str, set[str]]:
	"""Customer → its enabled Portal Users; every one of `customers` is a key. also: a user who counts even if disabled."""
	found: dict[str, set[str]] = {customer: set() for customer in customers}
	if not found:
		return found
	row, user = frappe.qb.DocType("Portal User"), frappe.qb.DocType("User")
	query = (
		frappe.qb.from_(row)
		.join(user)
		.on(user.name == row.user)
		.select(row.parent, row.user)
		.where(
			(row.parenttype == "Customer")
			& row.parent.isin(list(found))
			& ((user.enabled == 1) | (user.name == also))
		)
	)
	for customer, name in query.run():
		found[customer].add(name)
	return found


def website_logins(addresses: Iterable[str]) -> dict[str, str]:
	"""Address in lower case → its enabled website user."""
	rows = frappe.get_all(
		"User",
		filters={"email": ("in", sorted(addresses)), "enabled": 1, "user_type": "Website User"},
		fields=["name", "email"],
		order_by=None,
	)
	return {row.email.lower(): row.name for row in rows if row.name != "Guest"}


def ties_of(customers: Iterable[str]) -> list[Tie]:
	"""Every Contact linked to one of `customers`, by name; four statements, however many there are."""
	return _ties("link_name", customers)


def ties_of_contacts(contacts: Iterable[str], *, also: str = "") -> list[Tie]:
	"""Every Customer that one of `contacts` is linked to, by the Contact's name. also: see `portal_users`."""
	return _ties("parent", contacts, also)


def _ties(column: str, values: Iterable[str], also: str = "") -> list[Tie]:
	links = _links(column, sorted(set(values)))
	if not links:
		return []
	rows = _address_rows({link.parent for link in links})
	saved_by = [_saved_by(link, rows.get(link.parent, [])) for link in links]
	desk = _desk_users(frozenset().union(*saved_by))
	speakers = portal_users({link.customer for link in links}, also=also)
	ties = []
	for link, people in zip(links, saved_by, strict=True):
		own = {row.email_id.strip().lower() for row in rows.get(link.parent, [])}
		own |= {link.user.lower()} if link.user else set()
		# who signed up on the website is the owner of the Customer that ERPNext made of them
		staff = people <= desk | {link.customer_owner}
		known = people <= desk | {link.customer_owner} | speakers[link.customer]
		ties.append(
			Tie(link.parent, link.customer, link.user, frozenset(own), known, staff, people, link.modified)
		)
	return ties


def _saved_by(link: frappe._dict, rows: list[frappe._dict]) -> frozenset[str]:
	people = {link.owner, link.modified_by, link.row_owner, link.row_modified_by}
	people.update(*((row.owner, row.modified_by) for row in rows))
	return frozenset(people - {None, ""})


def _links(column: str, values: list[str]) -> list[frappe._dict]:
	if not values:
		return []
	link, contact, customer = (frappe.qb.DocType(name) for name in ("Dynamic Link", "Contact", "Customer"))
	return (
		frappe.qb.from_(link)
		.join(contact)
		.on(contact.name == link.parent)
		.left_join(customer)
		.on(customer.name == link.link_name)
		.select(
			link.parent,
			link.link_name.as_("customer"),
			link.owner.as_("row_owner"),
			link.modified_by.as_("row_modified_by"),
			contact.user,
			contact.owner,
			contact.modified_by,
			contact.modified,
			customer.owner.as_("customer_owner"),
		)
		.where((link.parenttype == "Contact") & (link.link_doctype == "Customer") & link[column].isin(values))
		.orderby(link.parent)
		.run(as_dict=True)
	)


def _address_rows(contacts: set[str]) -> dict[str, list[frappe._dict]]:
	found: dict[str, list[frappe._dict]] = {}
	for row in frappe.get_all(
		"Contact Email",
		filters={"parenttype": "Contact", "parent": ("in", sorted(contacts))},
		fields=["parent", "email_id", "owner", "modified_by"],
		order_by=None,
	):
		if row.email_id:
			found.setdefault(row.parent, []).append(row)
	return found


def _desk_users(users: frozenset[str]) -> set[str]:
	return set(
		frappe.get_all(
			"User", filters={"name": ("in", sorted(users)), "user_type": DESK}, pluck="name", order_by=None
		)
	)
