"""Maintenance Visits → closed Service Requests.

ERPNext's visit names a Sales Person, uses no parts and records no working times, so an Engineer Visit would have to be
made up. It becomes a case that was closed on the day of the visit, with all texts of the visit's purposes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html

from support_service.constants.words import N_
from support_service.erpnext_takeover.cases import old_records
from support_service.erpnext_takeover.cases.old_records import Known, contact_values, if_known
from support_service.erpnext_takeover.cases.past_rules import moves_of_visit
from support_service.erpnext_takeover.kinds import (
	ALREADY,
	CHANNEL,
	SKIPPED,
	WOULD,
	Plan,
	Scope,
	filters_of,
)
from support_service.erpnext_takeover.kinds import next_names as _next
from support_service.erpnext_takeover.records import (
	raised_at,
	say,
	text_of,
	unit_values,
)
from support_service.erpnext_takeover.units import expected_units
from support_service.foundation import language
from support_service.support_service.past_cases import history
from support_service.support_service.past_cases.past_case import PastCase

DOCTYPE = "Maintenance Visit"
PURPOSE = "Maintenance Visit Purpose"
FIELDS = (
	"name",
	"docstatus",
	"customer",
	"company",
	"mntc_date",
	"mntc_time",
	"completion_status",
	"maintenance_type",
	"customer_feedback",
	"contact_person",
	"contact_display",
	"contact_mobile",
	"contact_email",
	"customer_address",
	"address_display",
	"maintenance_schedule",
	"owner",
	"creation",
)
PURPOSE_FIELDS = (
	"parent",
	"item_code",
	"item_name",
	"serial_no",
	"description",
	"service_person",
	"work_done",
	"prevdoc_doctype",
	"prevdoc_docname",
)
REQUEST_TYPES = {"Breakdown": "Repair"}

NOT_SUBMITTED = N_("It is a draft. Submit it if the visit took place; drafts are not taken over.")
CANCELLED = N_("It was cancelled.")
CUSTOMER_GONE = N_("Its customer {0} does not exist any more.")


def count(scope: Scope) -> int:
	return frappe.db.count(DOCTYPE, filters_of(scope, dated="mntc_date"))


def names(scope: Scope, after: str, limit: int) -> list[str]:
	return _next(DOCTYPE, filters_of(scope, dated="mntc_date", after=after), limit)


def plan(names: Sequence[str], scope: Scope) -> list[Plan]:
	visits = frappe.get_all(DOCTYPE, {"name": ("in", names)}, list(FIELDS), order_by="name asc")
	there = history.cases_of(DOCTYPE, names)
	purposes: dict[str, list[Any]] = defaultdict(list)
	filters = {"parenttype": DOCTYPE, "parent": ("in", names)}
	for row in frappe.get_all(PURPOSE, filters, list(PURPOSE_FIELDS), order_by="parent asc, idx asc"):
		purposes[row.parent].append(row)
	units = expected_units.of_serials((row.serial_no for rows in purposes.values() for row in rows), scope)
	known = old_records.known(
		visits, Customer="customer", Contact="contact_person", Address="customer_address", User="owner"
	)
	return [_plan(visit, there.get(visit.name), purposes[visit.name], units, known) for visit in visits]


make = old_records.make


def _plan(visit: Any, case: str | None, purposes: list[Any], units: dict[str, Any], known: Known) -> Plan:
	if case:
		return Plan(visit.name, ALREADY, target=("Service Request", case))
	if visit.docstatus != 1:
		return Plan(visit.name, SKIPPED, say(CANCELLED if visit.docstatus == 2 else NOT_SUBMITTED))
	if visit.customer not in known["Customer"]:
		return Plan(visit.name, SKIPPED, say(CUSTOMER_GONE, visit.customer))
	return Plan(visit.name, WOULD, material=_case(visit, purposes, units, known))


def _case(visit: Any, purposes: list[Any], units: dict[str, Any], known: Known) -> PastCase:
	happened = raised_at(visit, visit.mntc_date, visit.mntc_time)
	by = if_known(visit.owner, "User", known)
	serials = {row.serial_no for row in purposes if row.serial_no}
	unit = unit_values(serials.pop(), visit.customer, units) if len(serials) == 1 else {}
	work = "\n".join(row.work_done for row in purposes if row.work_done)
	return PastCase(
		source=(DOCTYPE, visit.name),
		subject=_subject(visit, purposes),
		raised_on=happened,
		company=visit.company,
		channel=CHANNEL["name"],
		request_type=REQUEST_TYPES.get(visit.maintenance_type, "Inquiry"),
		customer=visit.customer,
		raised_by=by,
		moves=moves_of_visit(happened, by),
		values={
			**contact_values(visit, known),
			"description": _description(visit, purposes),
			"solution": escape_html(work).replace("\n", "<br>") or None,
			"resolution": " ".join(work.split())[:140] or None,
			**unit,
		},
	)


def _subject(visit: Any, purposes: list[Any]) -> str:
	lang = language.of_site()
	what = next((row.item_name or row.item_code for row in purposes if row.item_code), visit.customer)
	return f"{_(visit.maintenance_type, lang)}: {what}"


def _description(visit: Any, purposes: list[Any]) -> str:
	"""All texts of the visit that have no field of their own on a case, as HTML."""
	lang = language.of_site()
	facts = [_(visit.completion_status, lang)]
	if visit.maintenance_schedule:
		facts.append(_("Maintenance Schedule", lang) + f": {visit.maintenance_schedule}")
	if visit.customer_feedback:
		facts.append(_("Customer Feedback", lang) + f": {visit.customer_feedback}")
	items = "".join(f"<li>{_purpose(row, lang)}</li>" for row in purposes)
	return f"<p>{'<br>'.join(escape_html(fact) for fact in facts)}</p><ul>{items}</ul>"


def _purpose(row: Any, lang: str) -> str:
	parts = [row.item_name or row.item_code, row.serial_no, text_of(row.description), row.service_person]
	if row.prevdoc_docname:
		parts.append(f"{_(row.prevdoc_doctype, lang)} {row.prevdoc_docname}")
	return " · ".join(escape_html(part) for part in parts if part)
