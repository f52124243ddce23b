"""Which Contacts of a customer were made by staff, so that their addresses may be trusted.

Everybody with a login may create a Contact with any link and any address, and change their own. A Contact says who
somebody *may* be; it never gives access (`who.customers_of` reads the Customer's Portal Users alone). Where an address is
needed all the same, only a Contact counts that was made by, and saved last by, desk users or the customer's own Portal
Users. Both are asked: the session's user is always written as `modified_by`, while `owner` can be sent along with a
later save.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import frappe

DESK = "System User"


@dataclass(frozen=True, slots=True)
class Tie:
	"""A Contact linked to a Customer. addresses: lower case. known: it may be trusted."""

	contact: str
	customer: str
	user: str | None
	addresses: frozenset[str]
	known: bool


def known_contacts(customer: str) -> list[str]:
	"""Names of the Contacts of `customer` that may be trusted, in the order of their names."""
	return [tie.contact for tie in ties_of([customer]) if tie.known]


def known_addresses(customer: str) -> frozenset[str]:
	"""E-mail addresses, in lower case, of the customer's trusted Contacts and enabled Portal Users."""
	ours = {address for tie in ties_of([customer]) if tie.known for address in tie.addresses}
	return frozenset(ours | {user.lower() for user in portal_users([customer])[customer]})


def portal_users(customers: Iterable[str]) -> dict[str, set[str]]:
	"""Customer → its enabled Portal Users; every customer asked for is a key."""
	found: dict[str, set[str]] = {customer: set() for customer in customers}
	if not found:
		return found
	row, user = frappe.qb.DocType("Portal User"), frappe.qb.DocType("User")
	query = (
		frappe.qb.from_(row)
		.join(user)
		.on(user.name == row.user)
		.select(row.parent, row.user)
		.where((row.parenttype == "Customer") & row.parent.isin(list(found)) & (user.enabled == 1))
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


def ties_of_contacts(contacts: Iterable[str]) -> list[Tie]:
	"""Every Customer that one of `contacts` is linked to, by the Contact's name."""
	return _ties("parent", contacts)


def _ties(column: str, values: Iterable[str]) -> list[Tie]:
	links = _links(column, sorted(set(values)))
	if not links:
		return []
	addresses = _addresses({link.parent for link in links})
	desk = _desk_users({user for link in links for user in (link.owner, link.modified_by)})
	speakers = portal_users({link.customer for link in links})
	ties = []
	for link in links:
		own = frozenset(addresses.get(link.parent, set()) | ({link.user.lower()} if link.user else set()))
		known = {link.owner, link.modified_by} <= desk | speakers[link.customer]
		ties.append(Tie(link.parent, link.customer, link.user, own, known))
	return ties


def _links(column: str, values: list[str]) -> list[frappe._dict]:
	if not values:
		return []
	link, contact = frappe.qb.DocType("Dynamic Link"), frappe.qb.DocType("Contact")
	return (
		frappe.qb.from_(link)
		.join(contact)
		.on(contact.name == link.parent)
		.select(link.parent, link.link_name.as_("customer"), contact.user, contact.owner, contact.modified_by)
		.where((link.parenttype == "Contact") & (link.link_doctype == "Customer") & link[column].isin(values))
		.orderby(link.parent)
		.run(as_dict=True)
	)


def _addresses(contacts: set[str]) -> dict[str, set[str]]:
	rows = frappe.get_all(
		"Contact Email",
		filters={"parenttype": "Contact", "parent": ("in", sorted(contacts))},
		fields=["parent", "email_id"],
		order_by=None,
	)
	found: dict[str, set[str]] = {}
	for row in rows:
		if row.email_id:
			found.setdefault(row.parent, set()).add(row.email_id.strip().lower())
	return found


def _desk_users(users: set[str]) -> set[str]:
	return set(
		frappe.get_all(
			"User", filters={"name": ("in", sorted(users)), "user_type": DESK}, pluck="name", order_by=None
		)
	)
