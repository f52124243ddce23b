"""Maintenance Schedules → Service Contract drafts that include the visits still ahead.

A schedule says which items and serial numbers are maintained, and when. It has no price, no service level and nothing
else that is included, so the contract is made as a draft: a person completes and submits it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html, formatdate, getdate

from support_service.constants.words import N_
from support_service.erpnext_takeover.kinds import ALREADY, SKIPPED, WOULD, Plan, Scope, Target, filters_of
from support_service.erpnext_takeover.kinds import next_names as _next
from support_service.erpnext_takeover.records import existing, say
from support_service.erpnext_takeover.units import expected_units
from support_service.foundation import language
from support_service.foundation.names.keys import key_of

DOCTYPE = "Maintenance Schedule"
CONTRACT = "Service Contract"
FIELDS = ("name", "docstatus", "customer", "customer_name", "company")
DONE = "Fully Completed"
CHUNK = 50

NOT_SUBMITTED = N_("It is a draft. Submit it and run the takeover again.")
CANCELLED = N_("It was cancelled.")
NO_CUSTOMER = N_(
	"It names no customer, and a contract needs one. Enter the customer and run the takeover again."
)
CUSTOMER_GONE = N_("Its customer {0} does not exist any more.")
ENDED = N_("It ended on {0}, so no contract is made. Its visits are taken over as Maintenance Visits.")
UNITS_MISSING = N_("No unit at this customer has these serial numbers: {0}. Add their units to the contract.")
NO_SERIALS = N_("It names no serial numbers. Add the units to the contract.")


@dataclass(frozen=True, slots=True)
class Material:
	"""A schedule with its items, planned visits, and the units found by serial number."""

	schedule: Any
	items: list[Any]
	visits: list[Any]
	units: list[str]


def count(scope: Scope) -> int:
	return frappe.db.count(DOCTYPE, filters_of(scope, dated="transaction_date"))


def names(scope: Scope, after: str, limit: int) -> list[str]:
	return _next(DOCTYPE, filters_of(scope, dated="transaction_date", after=after), limit)


def plan(names: Sequence[str], scope: Scope) -> list[Plan]:
	schedules = frappe.get_all(DOCTYPE, {"name": ("in", names)}, list(FIELDS), order_by="name asc")
	there = _contracts(names)
	items = _children(
		"Maintenance Schedule Item", names, ("item_name", "item_code", "start_date", "end_date", "serial_no")
	)
	visits = _children(
		"Maintenance Schedule Detail",
		names,
		("item_name", "scheduled_date", "completion_status", "sales_person"),
	)
	units = expected_units.of_serials(
		(serial for rows in items.values() for row in rows for serial in _serials(row)), scope
	)
	customers = existing("Customer", (schedule.customer for schedule in schedules))
	return [
		Plan(schedule.name, ALREADY, target=(CONTRACT, there[schedule.name]))
		if schedule.name in there
		else _plan(schedule, items[schedule.name], visits[schedule.name], units, customers)
		for schedule in schedules
	]


def make(plans: Sequence[Plan]) -> Mapping[str, Target]:
	return {plan.source: (CONTRACT, _contract(plan.material)) for plan in plans}


def _plan(
	schedule: Any, items: list[Any], visits: list[Any], units: dict[str, Any], customers: set[str]
) -> Plan:
	if refused := _why_not(schedule, items, customers):
		return Plan(schedule.name, SKIPPED, refused)
	serials = [serial for row in items for serial in _serials(row)]
	found = {
		serial: units[serial].name
		for serial in serials
		if serial in units and units[serial].customer == schedule.customer
	}
	missing = [serial for serial in serials if serial not in found]
	lost = say(UNITS_MISSING, ", ".join(missing)) if missing else None if found else say(NO_SERIALS)
	material = Material(schedule, items, visits, list(dict.fromkeys(found.values())))
	return Plan(schedule.name, WOULD, lost, material=material)


def _why_not(schedule: Any, items: list[Any], customers: set[str]) -> str | None:
	if schedule.docstatus != 1:
		return say(CANCELLED if schedule.docstatus == 2 else NOT_SUBMITTED)
	if not schedule.customer:
		return say(NO_CUSTOMER)
	if schedule.customer not in customers:
		return say(CUSTOMER_GONE, schedule.customer)
	end = max(getdate(row.end_date) for row in items)
	return say(ENDED, end) if end < getdate() else None


def _contract(material: Material) -> str:
	schedule = material.schedule
	ahead = sum(1 for row in material.visits if row.completion_status != DONE)
	contract = frappe.new_doc(CONTRACT)
	contract.update(
		{
			"customer": schedule.customer,
			"customer_name": schedule.customer_name,
			"company": schedule.company,
			"title": f"{schedule.customer_name or schedule.customer} – {schedule.name}"[:140],
			"start_date": min(getdate(row.start_date) for row in material.items),
			"end_date": max(getdate(row.end_date) for row in material.items),
			"units": [{"installed_unit": unit} for unit in material.units],
			"entitlements": [{"kind": "Visits", "included": ahead, "per": "Whole Term", "share": 100}]
			if ahead
			else [],
			"terms": _terms(material),
			"source_doctype": DOCTYPE,
			"source_name": schedule.name,
			"source_key": key_of(DOCTYPE, schedule.name),
		}
	)
	# the one writer of contract drafts: whoever may start a takeover need not have the right to create contracts
	contract.insert(ignore_permissions=True)
	return contract.name


def _terms(material: Material) -> str:
	"""The schedule's planned visits as an HTML table, for the terms of the contract."""
	lang = language.of_site()
	head = "".join(
		f"<th>{escape_html(_(label, lang))}</th>"
		for label in ("Item", "Scheduled Date", "Status", "Sales Person")
	)
	lines = "".join(
		"<tr>"
		+ "".join(
			f"<td>{escape_html(cell or '')}</td>"
			for cell in (
				row.item_name,
				formatdate(row.scheduled_date),
				_(row.completion_status, lang),
				row.sales_person,
			)
		)
		+ "</tr>"
		for row in material.visits
	)
	source = f"{_(DOCTYPE, lang)} {material.schedule.name}"
	return f"<p>{escape_html(source)}</p><table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table>"


def _serials(row: Any) -> list[str]:
	return [
		number.strip() for number in (row.serial_no or "").replace(",", "\n").split("\n") if number.strip()
	]


def _children(doctype: str, names: Sequence[str], fields: Sequence[str]) -> dict[str, list[Any]]:
	found: dict[str, list[Any]] = defaultdict(list)
	filters = {"parenttype": DOCTYPE, "parent": ("in", names)}
	for row in frappe.get_all(doctype, filters, ["parent", *fields], order_by="parent asc, idx asc"):
		found[row.parent].append(row)
	return found


def _contracts(names: Sequence[str]) -> dict[str, str]:
	keys = {key_of(DOCTYPE, name): name for name in names}
	found = frappe.get_all(
		CONTRACT, {"source_key": ("in", list(keys))}, ["name", "source_key"], order_by=None
	)
	return {keys[row.source_key]: row.name for row in found}
