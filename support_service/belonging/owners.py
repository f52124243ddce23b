"""Whose a document is, for every kind of document that can be a customer's. Reads only.

What belongs to nobody (an address of our own workshop, an Asset of the company, a serial number no unit has) may stand
in anybody's document; what belongs to several customers (a shared address) in the documents of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import frappe

from support_service.belonging.table import CUSTOMER
from support_service.installed_base import unit_owners

Owners = Mapping[str, frozenset[str]]

# DocType → field with the customer
BY_FIELD = {
	"Installed Unit": "customer",
	"Service Request": "customer",
	"Engineer Visit": "customer",
	"Service Contract": "customer",
	"Coverage Decision": "customer",
	"Service Survey": "customer",
	"Service Clock": "customer",
	"Asset": "customer",
	"Delivery Note": "customer",
	"Installation Note": "customer",
	"Issue": "customer",
	"Maintenance Schedule": "customer",
	"Maintenance Visit": "customer",
	"Project": "customer",
	"Sales Invoice": "customer",
	"Sales Order": "customer",
	"Warranty Claim": "customer",
}
# DocType → link to the document whose customer it has, and that document's DocType
THROUGH = {
	"Service Warranty": ("installed_unit", "Installed Unit"),
	"Fitted Part Entry": ("installed_unit", "Installed Unit"),
	"Service Contract Use": ("contract", "Service Contract"),
	"Service Clock Entry": ("request", "Service Request"),
}
# DocType → field with the kind of party, field with the party
BY_PARTY = {"Quotation": ("quotation_to", "party_name"), "Contract": ("party_type", "party_name")}
# DocType → field of Customer with the customer's own main one
BY_LINKS = {"Address": "customer_primary_address", "Contact": "customer_primary_contact"}
SERIAL_NO = "Serial No"
KNOWN = frozenset((CUSTOMER, *BY_FIELD, *THROUGH, *BY_PARTY, *BY_LINKS, SERIAL_NO))


def of(doctype: str, names: Iterable[str]) -> Owners:
	"""name → customers it belongs to; what belongs to nobody, or is not there, is left out."""
	wanted = sorted(set(names))
	if not wanted:
		return {}
	if doctype == CUSTOMER:
		return {name: frozenset((name,)) for name in wanted}
	if doctype == SERIAL_NO:
		return {name: owners for name in wanted if (owners := of_serial(name))}
	if doctype in BY_FIELD:
		return _pairs(_values(doctype, wanted, BY_FIELD[doctype]))
	if doctype in THROUGH:
		link, target = THROUGH[doctype]
		linked = dict(_values(doctype, wanted, link))
		owners = of(target, linked.values())
		return {name: owners[there] for name, there in linked.items() if there in owners}
	if doctype in BY_PARTY:
		kind, party = BY_PARTY[doctype]
		return _pairs(_values(doctype, wanted, party, kind))
	return _by_links(doctype, wanted) if doctype in BY_LINKS else {}


def of_serial(serial: str, items: Iterable[str | None] = ()) -> frozenset[str]:
	"""Customers in whose units the piece with this serial number is now; `items` as in unit_owners.holding."""
	units = unit_owners.holding(serial, list(items))
	return frozenset().union(*of("Installed Unit", units).values())


def belongs(doctype: str, name: str | None, customer: str | None, on: date | None = None) -> bool:
	"""Whether a document of `customer` may name it: theirs (a unit also: on the day `on`), or nobody's."""
	if not (name and customer):
		return True
	owners = of(doctype, [name]).get(name)
	return not owners or customer in owners or is_all_the_same(doctype, name, customer, on)


def is_all_the_same(doctype: str, name: str, customer: str, on: date | None) -> bool:
	"""For what is another customer's at first sight: the main address of this one, or a unit that was theirs then."""
	if doctype in BY_LINKS:
		return frappe.db.get_value(CUSTOMER, customer, BY_LINKS[doctype]) == name
	return doctype == "Installed Unit" and on is not None and unit_owners.was_of(name, customer, on)


# Text and not the query builder: every new case asks, and building these costs more than running them. Whose a document is
# does not depend on what the user may see.
_VALUES = "select name, `{field}` from `tab{doctype}` where name in %(names)s and `{field}` > ''"
_OF_CUSTOMER = " and `{kind}` = 'Customer'"
_LINKS = """select parent, link_name from `tabDynamic Link`
where parenttype = %(doctype)s and parent in %(names)s and link_doctype = 'Customer'"""


def _values(doctype: str, names: list[str], field: str, kind: str | None = None) -> list[tuple[str, str]]:
	query = _VALUES + _OF_CUSTOMER if kind else _VALUES
	return list(frappe.db.sql(query.format(doctype=doctype, field=field, kind=kind), {"names": names}))


def _by_links(doctype: str, names: list[str]) -> Owners:
	return _pairs(frappe.db.sql(_LINKS, {"doctype": doctype, "names": names}))


def _pairs(rows: Iterable[tuple[str, str]]) -> Owners:
	found: dict[str, set[str]] = {}
	for name, customer in rows:
		found.setdefault(name, set()).add(customer)
	return {name: frozenset(customers) for name, customers in found.items()}
