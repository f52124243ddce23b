"""The search box of the hotline: finds the case, unit, customer or contact that a caller means.

Every read goes through `frappe.get_list`, so each document's permission rule decides what an agent sees. Every query uses
an index, or a table that does not grow with the cases (contacts, customers), and is limited: a search takes as long with
a million closed cases as with ten.
"""

import re
from typing import Any, TypedDict

import frappe
from frappe import _
from frappe.query_builder import CustomFunction, DocType
from frappe.utils import cint, getdate

from support_service.permissions import contact_ties
from support_service.service_intake.calls import numbers
from support_service.support_service.lifecycle import OPEN_STATES, Status

LIVE_STATES = (*OPEN_STATES, Status.RESOLVED)

HITS_PER_GROUP = 6
MIN_TEXT = 2
MIN_PHONE_DIGITS = 5
# Numbers are compared by their last digits: country code, trunk zero and PABX prefix vary between writings.
PHONE_TAIL = 9

CASE_FIELDS = [
	"name",
	"subject",
	"status",
	"priority",
	"request_type",
	"raised_on",
	"engineer_name",
	"installed_unit",
	"customer",
	"customer_name",
	"contact_name",
]
UNIT_FIELDS = [
	"name",
	"unit_name",
	"serial_label",
	"item_code",
	"item_name",
	"state",
	"customer",
	"customer_name",
]


class Hit(TypedDict):
	"""One search result; the screen opens the card of `customer`, `installed_unit` or the case itself."""

	kind: str  # Service Request, Installed Unit, Customer, Contact
	name: str
	title: str
	detail: str
	customer: str | None
	installed_unit: str | None
	status: str | None
	phone: str | None


def look_up(text: str) -> list[Hit]:
	"""Hits for a case number, serial number, unit, customer, contact or phone number, best kinds first."""
	text = (text or "").strip()
	if len(text) < MIN_TEXT:
		return []
	hits = [*_cases(text), *_units(text)]
	digits = phone_digits(text)
	if digits:
		hits += [*_contacts_by_phone(digits), *_open_cases_by_phone(digits)]
	# a company may be called 12306, a person is not
	hits += _customers(text)
	if not text.isdigit():
		hits += _contacts_by_name(text)
	return _distinct(hits)


def phone_digits(text: str) -> str:
	"""The digits to compare when `text` can be a phone number (digits and separators only), otherwise ''."""
	if not re.fullmatch(r"[\d\s()+\-./]+", text):
		return ""
	found = numbers.readings(text)
	# +49 30 12345 is stored as 030/12345, too
	digits = found[0].national if found and found[0].country else numbers.digits(text)
	return digits[-PHONE_TAIL:] if len(digits) >= MIN_PHONE_DIGITS else ""


def _cases(text: str) -> list[Hit]:
	"""Cases by number: `SR-2026-00012`, a beginning of it, or only `12` for this year's."""
	filters: dict[str, Any] = {"name": ["like", f"{_escape(text)}%"]}
	if text.isdigit() and len(text) <= 5:
		filters = {"name": f"SR-{getdate().year}-{cint(text):05d}"}
	# ordered by the column it searches: ordered by `modified` it would read the whole history
	rows = frappe.get_list(
		"Service Request", filters=filters, fields=CASE_FIELDS, order_by="name desc", limit=HITS_PER_GROUP
	)
	return [case_hit(row) for row in rows]


def _units(text: str) -> list[Hit]:
	"""Units by the beginning of their serial number or of their name, and by the serial number of a part inside."""
	start = ["like", f"{_escape(text)}%"]
	rows = []
	for field in ("serial_label", "name", "unit_name"):
		if len(rows) < HITS_PER_GROUP:
			rows += frappe.get_list(
				"Installed Unit",
				filters={field: start},
				fields=UNIT_FIELDS,
				order_by=field,
				limit=HITS_PER_GROUP,
			)
	if not rows:
		parts = frappe.get_list(
			"Fitted Part Entry",
			filters={"serial_label": start, "kind": "Fitted"},
			pluck="installed_unit",
			order_by="serial_label",
			limit=HITS_PER_GROUP,
		)
		rows = (
			frappe.get_list("Installed Unit", filters={"name": ["in", parts]}, fields=UNIT_FIELDS)
			if parts
			else []
		)
	return [_unit_hit(row) for row in rows]


def _customers(text: str) -> list[Hit]:
	rows = frappe.get_list(
		"Customer",
		filters={"disabled": 0},
		or_filters={"customer_name": ["like", f"%{_escape(text)}%"], "name": ["like", f"{_escape(text)}%"]},
		fields=["name", "customer_name", "territory"],
		order_by="customer_name",
		limit=HITS_PER_GROUP,
	)
	return [
		_hit("Customer", row.name, row.customer_name, row.territory or "", customer=row.name) for row in rows
	]


def _contacts_by_name(text: str) -> list[Hit]:
	rows = frappe.get_list(
		"Contact",
		filters={"full_name": ["like", f"%{_escape(text)}%"]},
		fields=["name", "full_name", "phone", "mobile_no"],
		order_by="full_name",
		limit=HITS_PER_GROUP,
	)
	return _contact_hits(rows)


def _contacts_by_phone(digits: str) -> list[Hit]:
	"""Contacts with a number that ends in, or contains, `digits`, however it was written."""
	phone = DocType("Contact Phone")
	found = (
		frappe.qb.from_(phone)
		.select(phone.parent)
		.distinct()
		.where((phone.parenttype == "Contact") & bare_number(phone.phone).like(f"%{digits}%"))
		.limit(HITS_PER_GROUP)
		.run(pluck=True)
	)
	if not found:
		return []
	return _contact_hits(
		frappe.get_list(
			"Contact",
			filters={"name": ["in", found]},
			fields=["name", "full_name", "phone", "mobile_no"],
			order_by="modified desc",
		)
	)


def _open_cases_by_phone(digits: str) -> list[Hit]:
	"""Open cases with this phone number, for callers without a Contact. Searches open cases only, not the history."""
	request = DocType("Service Request")
	names = (
		frappe.qb.from_(request)
		.select(request.name)
		.where(request.status.isin(LIVE_STATES) & request.contact_phone.notnull())
		.where(bare_number(request.contact_phone).like(f"%{digits}%"))
		.limit(HITS_PER_GROUP)
		.run(pluck=True)
	)
	if not names:
		return []
	rows = frappe.get_list("Service Request", filters={"name": ["in", names]}, fields=CASE_FIELDS)
	return [case_hit(row) for row in rows]


def _contact_hits(contacts: list[Any]) -> list[Hit]:
	names = [row.name for row in contacts]
	if not names:
		return []
	links = frappe.get_all(
		"Dynamic Link",
		filters={"parenttype": "Contact", "parent": ["in", names], "link_doctype": "Customer"},
		fields=["parent", "link_name", "link_title"],
		order_by="modified desc",
	)
	known = {(tie.contact, tie.customer) for tie in contact_ties.ties_of_contacts(names) if tie.known}
	customer_of = {row.parent: row.link_name for row in links}
	return [contact_hit(row, customer_of.get(row.name), known) for row in contacts]


def contact_hit(row: Any, customer: str | None, known: set[tuple[str, str]]) -> Hit:
	"""One Contact as a hit. Only a trusted Contact opens its customer's card, as anybody with a login may write one."""
	trusted = customer if (row.name, customer) in known else None
	named = trusted or (_("{0} (not confirmed)").format(customer) if customer else None)
	number = row.mobile_no or row.phone
	return _hit(
		"Contact",
		row.name,
		row.full_name or row.name,
		" · ".join(filter(None, (named, number))),
		customer=trusted,
		phone=number,
	)


def bare_number(field: Any) -> Any:
	"""`field` without everything that is not a digit."""
	return CustomFunction("REGEXP_REPLACE", ["value", "pattern", "replacement"])(field, "[^0-9]", "")


def _escape(text: str) -> str:
	return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")


def case_hit(row: Any) -> Hit:
	detail = " · ".join(filter(None, (row.name, row.customer_name or row.contact_name)))
	return _hit(
		"Service Request",
		row.name,
		row.subject,
		detail,
		customer=row.customer,
		installed_unit=row.installed_unit,
		status=row.status,
	)


def _unit_hit(row: Any) -> Hit:
	detail = " · ".join(filter(None, (row.serial_label, row.customer_name)))
	return _hit(
		"Installed Unit",
		row.name,
		row.unit_name,
		detail,
		customer=row.customer,
		installed_unit=row.name,
		status=row.state,
	)


def _hit(
	kind: str,
	name: str,
	title: str,
	detail: str,
	customer: str | None = None,
	installed_unit: str | None = None,
	status: str | None = None,
	phone: str | None = None,
) -> Hit:
	return Hit(
		kind=kind,
		name=name,
		title=title,
		detail=detail,
		customer=customer,
		installed_unit=installed_unit,
		status=status,
		phone=phone,
	)


def _distinct(hits: list[Hit]) -> list[Hit]:
	seen: dict[tuple[str, str], Hit] = {}
	for hit in hits:
		seen.setdefault((hit["kind"], hit["name"]), hit)
	return list(seen.values())
