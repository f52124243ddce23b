"""Who wrote: the customer by contact, portal user or mail domain, our own people, and the unit by a serial number in the text.

Reads only. Contacts count where staff or the customer's own people made them (permissions/contact_ties.py): everybody with a
login may write any address into a Contact of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import frappe

from support_service.constants.roles import STAFF
from support_service.foundation import people
from support_service.permissions import contact_ties
from support_service.permissions.who import customers_of
from support_service.service_intake.mail import letters, rules
from support_service.support_service.messaging import outgoing

MAX_OF_A_DOMAIN = 200


@dataclass(slots=True)
class Writer:
	"""What is known of an address.

	customers: those it belongs to for certain, by a Contact or as a Portal User. by_domain: the one customer whose people have
	addresses of this domain. contact: the Contact, where there is one of the one customer. is_staff: one of our people.
	"""

	address: str
	name: str = ""
	customers: frozenset[str] = frozenset()
	by_domain: str | None = None
	contact: str | None = None
	is_staff: bool = False

	@property
	def customer(self) -> str | None:
		"""The customer they write for; None where that is not certain."""
		if self.is_staff:
			return None
		return next(iter(self.customers)) if len(self.customers) == 1 else self.by_domain

	@property
	def speaks_for(self) -> frozenset[str]:
		return self.customers | ({self.by_domain} if self.by_domain else set())


@dataclass(slots=True)
class Unit:
	"""The unit a text names. customer: whose it is; others: that several fit, or that it is somebody else's."""

	name: str | None = None
	other: str | None = None
	said: list[str] = field(default_factory=list)


def who(sender: letters.Address) -> Writer:
	"""What is known of the writer with this address."""
	writer = Writer(sender.address, sender.name, is_staff=_is_staff(sender.address))
	if writer.is_staff:
		return writer
	contacts = frappe.get_all(
		"Contact Email",
		{"email_id": sender.address, "parenttype": "Contact"},
		pluck="parent",
		order_by="creation",
		limit=50,
	)
	ties = [tie for tie in contact_ties.ties_of_contacts(contacts) if tie.known] if contacts else []
	writer.customers = frozenset({tie.customer for tie in ties} | _portal_customers(sender.address))
	if not writer.customers:
		writer.by_domain = customer_of_domain(rules.domain_of(sender.address))
	elif len(writer.customers) == 1:
		writer.contact = next((tie.contact for tie in ties), None)
	return writer


def customer_of_domain(domain: str) -> str | None:
	"""The one customer whose trusted contacts and portal users have addresses of this domain; None if there are several."""
	if not rules.tells_company(domain) or domain in _our_domains():
		return None
	ending = f"%@{domain}"
	contacts = frappe.get_all(
		"Contact Email",
		{"email_id": ("like", ending), "parenttype": "Contact"},
		pluck="parent",
		order_by=None,
		limit=MAX_OF_A_DOMAIN,
	)
	found = (
		{tie.customer for tie in contact_ties.ties_of_contacts(contacts) if tie.known} if contacts else set()
	)
	row = frappe.qb.DocType("Portal User")
	found.update(
		frappe.qb.from_(row)
		.select(row.parent)
		.where((row.parenttype == "Customer") & row.user.like(ending))
		.limit(MAX_OF_A_DOMAIN)
		.run(pluck=True)
	)
	return found.pop() if len(found) == 1 else None


def unit_in(customer: str | None, *texts: str) -> Unit:
	"""The unit of `customer` whose serial number stands in one of `texts`, if it is the only one."""
	serials = rules.serials_in(*texts)
	if not serials:
		return Unit()
	rows = frappe.get_all(
		"Installed Unit",
		{"serial_label": ("in", serials)},
		["name", "customer", "serial_label"],
		order_by="creation",
		limit=20,
	)
	own = [row for row in rows if customer and row.customer == customer]
	found = Unit(name=own[0].name if len(own) == 1 else None)
	found.said = [row.serial_label for row in own] if len(own) > 1 else []
	others = [row for row in rows if row not in own]
	found.other = others[0].name if others and not own else None
	return found


def our_addresses() -> set[str]:
	"""All addresses that mail of ours leaves from or comes in to, in lower case."""
	found = {row.lower() for row in frappe.get_all("Email Account", pluck="email_id", order_by=None) if row}
	for mailbox in frappe.get_all("Service Mailbox", fields=["email_id", "aliases"], order_by=None):
		found.update(outgoing.addresses_of(mailbox))
	return found


def service_addresses() -> set[str]:
	"""Addresses that are nobody's: of the service mailboxes, and of the accounts that notices leave from."""
	accounts = {"default_outgoing": 1}
	found = set()
	mailboxes = frappe.get_all(
		"Service Mailbox", fields=["email_id", "aliases", "outgoing_account"], order_by=None
	)
	for mailbox in mailboxes:
		found.update(outgoing.addresses_of(mailbox))
	leave_by = [row.outgoing_account for row in mailboxes if row.outgoing_account]
	for filters in (accounts, {"name": ("in", leave_by or [""])}):
		rows = frappe.get_all("Email Account", filters, pluck="email_id", order_by=None)
		found.update(row.lower() for row in rows if row)
	return found


def _our_domains() -> set[str]:
	return {rules.domain_of(address) for address in our_addresses()}


def _is_staff(address: str) -> bool:
	user = frappe.db.get_value("User", {"email": address, "user_type": people.DESK})
	return bool(people.able([user], *STAFF))


def _portal_customers(address: str) -> set[str]:
	return set(customers_of(frappe.db.get_value("User", {"email": address})))
