"""Writes the draft of an article from a solved request, without what says who the customer is."""

from __future__ import annotations

from collections import Counter
from typing import Any

import frappe
from frappe import _

from support_service.constants.words import N_
from support_service.foundation import locks
from support_service.permissions.named_links import may_see
from support_service.service_knowledge import anonymise
from support_service.service_knowledge.search.texts import paragraphs, plain_text
from support_service.service_knowledge.states import State

ARTICLE, CASE = "Knowledge Article", "Service Request"
SOLVED = ("Resolved", "Closed")
KINDS = {
	anonymise.CUSTOMER: N_("customer"),
	anonymise.PERSON: N_("person"),
	anonymise.ADDRESS: N_("address"),
	anonymise.SERIAL: N_("serial number"),
	anonymise.NUMBER: N_("number"),
	anonymise.MAIL: N_("e-mail address"),
	anonymise.PHONE: N_("telephone number"),
	anonymise.NETWORK: N_("network address"),
}


class NotSolvedError(frappe.ValidationError):
	"""The request has no solution yet."""


def from_case(request: str) -> tuple[str, Counter[str]]:
	"""The name of a new draft, and what was taken out of its texts; a second click gives the same draft.

	The caller may read the request. Raises NotSolvedError, PermissionError.
	"""
	frappe.has_permission(ARTICLE, "create", throw=True)
	# two clicks at once wait for one another here
	case = locks.get_doc(CASE, request)
	if case.status not in SOLVED:
		frappe.throw(
			_("An article is written from a request that is solved. {0} is {1}.").format(
				case.name, _(case.status, context=CASE)
			),
			NotSolvedError,
		)
	started = {"source_request": case.name, "owner": frappe.session.user, "state": State.DRAFT}
	if there := frappe.db.get_value(ARTICLE, started):
		return there, Counter()
	known, taken = known_of(case), Counter()

	def without(text: str | None) -> str:
		found, kinds = anonymise.anonymised(plain_text(text), known)
		taken.update(kinds)
		return found

	article = frappe.new_doc(ARTICLE)
	article.update(
		{
			"title": " ".join(without(case.subject).split())[:140],
			"symptom": paragraphs(without(case.description)),
			"cause": paragraphs(without(case.cause)),
			"solution": paragraphs(without(case.solution or case.resolution)),
			"item": case.item_code if may_see("Item", case.item_code) else None,
			"versions": _versions(case.installed_unit),
			"source_request": case.name,
		}
	)
	article.insert()
	return article.name, taken


def known_of(case: Any) -> anonymise.Known:
	"""What our records know of the customer of a request."""
	unit = frappe._dict()
	if case.installed_unit:
		fields = [
			"unit_name",
			"serial_label",
			"serial_no",
			"site_address_display",
			"customer_name",
			"item_code",
		]
		unit = frappe.db.get_value("Installed Unit", case.installed_unit, fields, as_dict=True) or unit
	contacts = _contacts(case.customer)
	return anonymise.Known(
		customers=_filled(case.customer, case.customer_name, unit.customer_name),
		people=_filled(case.contact_name, *contacts.keys()),
		addresses=_filled(case.site_address_display, unit.site_address_display, *_addresses(case.customer)),
		serials=_filled(case.serial_label, unit.serial_label, unit.serial_no),
		numbers=_filled(
			case.name, case.contact_phone, case.vendor_case, *contacts.values(), case.installed_unit
		),
		kept=_filled(case.item_code, frappe.db.get_value("Item", case.item_code, "item_name")),
		words={kind: _(word) for kind, word in KINDS.items()},
	)


def _filled(*values: str | None) -> tuple[str, ...]:
	return tuple(dict.fromkeys(value for value in values if value))


def _contacts(customer: str | None) -> dict[str, str]:
	"""Full name → telephone number of the customer's Contacts and people on the portal."""
	if not customer:
		return {}
	tied = {"link_doctype": "Customer", "link_name": customer}
	names = frappe.get_all("Dynamic Link", {**tied, "parenttype": "Contact"}, pluck="parent", order_by=None)
	rows = frappe.get_all(
		"Contact",
		{"name": ("in", names or [""])},
		["first_name", "last_name", "mobile_no", "phone"],
		limit=500,
	)
	found = {
		" ".join(filter(None, (row.first_name, row.last_name))): row.mobile_no or row.phone or ""
		for row in rows
	}
	users = frappe.get_all("Portal User", {"parent": customer, "parenttype": "Customer"}, pluck="user")
	for name in frappe.get_all("User", {"name": ("in", users or [""])}, pluck="full_name"):
		found.setdefault(name, "")
	return found


def _addresses(customer: str | None) -> list[str]:
	if not customer:
		return []
	tied = {"link_doctype": "Customer", "link_name": customer, "parenttype": "Address"}
	names = frappe.get_all("Dynamic Link", tied, pluck="parent", order_by=None)
	rows = frappe.get_all(
		"Address", {"name": ("in", names or [""])}, ["address_line1", "address_line2"], limit=500
	)
	return ["\n".join(filter(None, (row.address_line1, row.address_line2))) for row in rows]


def _versions(unit: str | None) -> str:
	"""Software that runs on the unit, with its versions."""
	if not unit:
		return ""
	rows = frappe.get_all(
		"Installed Software", {"parent": unit}, ["software", "version"], order_by="idx", limit=5
	)
	return ", ".join(" ".join(filter(None, (row.software, row.version))) for row in rows)[:140]
