"""To which customers a document belongs, for every DocType whose documents can belong to one. Only reads.

What belongs to nobody (the address of our workshop, an Asset of the company, a serial number that no unit has) may be named in
anybody's document, what belongs to several customers (a shared address) in the documents of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import frappe

from support_service.belonging.table import CUSTOMER
from support_service.installed_base import unit_owners

Owners = Mapping[str, frozenset[str]]

# DocType → its field with the customer
BY_FIELD = {
	"Installed Unit": "customer",
	"Service Request": "customer",
	"Engineer Visit": "customer",
	"Service Contract": "customer",
	"Equipment Loan": "customer",
	"Coverage Decision": "customer",
	"Removed Part": "customer",
	"Service Survey": "customer",
	"Service Improvement": "customer",
	"Service Call Back": "customer",
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
# DocType → its link to a document whose customer is also its own, and that document's DocType
THROUGH = {
	"Service Warranty": ("installed_unit", "Installed Unit"),
	"Fitted Part Entry": ("installed_unit", "Installed Unit"),
	"Service Contract Use": ("contract", "Service Contract"),
	"Service Clock Entry": ("request", "Service Request"),
	"Part Need": ("service_request", "Service Request"),
}
# DocType → its field with the DocType of the party, and its field with the party
BY_PARTY = {"Quotation": ("quotation_to", "party_name"), "Contract": ("party_type", "party_name")}
# DocType that names its customers in a table of links → field of Customer with the primary one
BY_LINKS = {"Address": "customer_primary_address", "Contact": "customer_primary_contact"}
SERIAL_NO = "Serial No"
KNOWN = frozenset((CUSTOMER, *BY_FIELD, *THROUGH, *BY_PARTY, *BY_LINKS, SERIAL_NO))


def of(doctype: str, names: Iterable[str]) -> Owners:
	"""name → customers it belongs to; names that belong to nobody, or do not exist, are left out."""
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
	"""Customers whose units have this serial number now, as unit or as fitted part. items: as in `unit_owners.holding`."""
	units = unit_owners.holding(serial, list(items))
	return frozenset().union(*of("Installed Unit", units).values())


def belongs(doctype: str, name: str | None, customer: str | None, on: date | None = None) -> bool:
	"""Whether a document of `customer` may name it: it is theirs, nobody's, or a unit that was theirs on the day `on`."""
	if not (name and customer):
		return True
	owners = of(doctype, [name]).get(name)
	return not owners or customer in owners or may_be_named_anyway(doctype, name, customer, on)


def may_be_named_anyway(doctype: str, name: str, customer: str, on: date | None) -> bool:
	"""Whether `customer` may name what seems to be another's: their primary address or contact, or a unit that was theirs on `on`."""
	if doctype in BY_LINKS:
		return frappe.db.get_value(CUSTOMER, customer, BY_LINKS[doctype]) == name
	return doctype == "Installed Unit" and on is not None and unit_owners.was_of(name, customer, on)


# Raw SQL: these run for every new case, and the query builder takes longer to build them than the database to run them.
# No permissions: to whom a document belongs does not depend on what the user may see.
_VALUES = "select name, `{field}` from `tab{doctype}` where name in %(names)s and `{field}` > ''"
_OF_CUSTOMER = " and `{kind}` = 'Customer'"
_LINKS = """select parent, link_name from `tabDynamic Link`
where parenttype = %(doctype)s and parent in %(names)s and link_doctype = 'Customer'"""


def _values(doctype: str, names: list[str], field: str, kind: str | None = None) -> list[tuple[str, str]]:
	query = _VALUES + _OF_CUSTOMER if kind else _VALUES
	return _read(query.format(doctype=doctype, field=field, kind=kind), {"names": names})


def _by_links(doctype: str, names: list[str]) -> Owners:
	return _pairs(_read(_LINKS, {"doctype": doctype, "names": names}))


def _read(statement: str, values: dict[str, object]) -> list[tuple[str, str]]:
	# why as text: see _VALUES
	return list(frappe.db.sql(statement, values))


def _pairs(rows: Iterable[tuple[str, str]]) -> Owners:
	found: dict[str, set[str]] = {}
	for name, customer in rows:
		found.setdefault(name, set()).add(customer)
	return {name: frozenset(customers) for name, customers in found.items()}
