"""Fills a Service Contract from its template and checks that it is complete and free of contradictions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import frappe
from frappe import _
from frappe.utils import cint, flt, get_link_to_form, getdate

from support_service.foundation import platform, typed
from support_service.service_coverage.contract import rules

if TYPE_CHECKING:
	from support_service.service_coverage.doctype.service_contract.service_contract import ServiceContract

FROM_TEMPLATE = (
	"company",
	"service_level_policy",
	"calendar",
	"item_code",
	"price",
	"billing_interval",
	"auto_renew",
	"propose_days",
	"price_change",
	"terms",
)
ROWS_FROM_TEMPLATE = {
	"entitlements": ("kind", "unlimited", "included", "per", "share"),
	"exclusions": ("exclusion", "applies_to", "item_group"),
}


class ContractDatesError(frappe.ValidationError):
	"""A contract or one of its units would end before it begins."""


class ContractContentError(frappe.ValidationError):
	"""The contract contradicts itself or lacks something without which it cannot be in force."""


def template_values(template: str, start_date: str | None = None) -> dict:
	"""What a contract takes over from `template`, tables included; with a start its end too."""
	doc = frappe.get_cached_doc("Service Contract Template", template)
	values = {name: doc.get(name) for name in FROM_TEMPLATE if doc.get(name) not in (None, "")}
	for table, names in ROWS_FROM_TEMPLATE.items():
		values[table] = [{name: row.get(name) for name in names} for row in doc.get(table)]
	if start_date:
		values["end_date"] = rules.term_end(getdate(start_date), doc.months)
	return values


def begin_from_template(contract: ServiceContract) -> None:
	"""Copy what the template includes and costs to a contract that says neither.

	The form copies it as soon as the template is chosen; what people change there stays.
	"""
	if not contract.template or contract.entitlements or flt(contract.price):
		return
	values = template_values(contract.template, contract.start_date)
	for name, value in values.items():
		# these two are never empty
		untouched = name in ("billing_interval", "propose_days") and not typed.given(contract, [name])
		if untouched or not contract.get(name):
			contract.set(name, value)


def fill(contract: ServiceContract) -> None:
	"""Fill company, currency and title where they are empty."""
	contract.company = contract.company or frappe.defaults.get_user_default("Company")
	if not contract.currency and contract.company:
		of_customer = frappe.get_cached_value("Customer", contract.customer, "default_currency")
		contract.currency = of_customer or frappe.get_cached_value(
			"Company", contract.company, "default_currency"
		)
	name = contract.customer_name or frappe.get_cached_value("Customer", contract.customer, "customer_name")
	contract.title = contract.title or (f"{contract.template} – {name}" if contract.template else name)[:140]


def check(contract: ServiceContract) -> None:
	"""Refuse what even a draft must not contain."""
	if getdate(contract.end_date) < getdate(contract.start_date):
		frappe.throw(_("The contract ends before it starts. Correct Start or End."), ContractDatesError)
	_check_entitlements(contract)
	check_units(contract)
	_check_level(contract)


def check_complete(contract: ServiceContract) -> None:
	"""Refuse a contract that lacks what it needs to be in force."""
	if not contract.all_units and not contract.units:
		frappe.throw(
			_("The contract covers no unit. Add units, or tick that it covers all units of the customer."),
			ContractContentError,
		)
	if flt(contract.price) and not contract.item_code:
		frappe.throw(
			_("Choose the item by which the price of {0} is invoiced.").format(contract.name),
			ContractContentError,
		)


def check_invoiceable(contract: ServiceContract) -> None:
	"""Refuse a contract that ERPNext would refuse to invoice; not an imported one that is over."""
	if not flt(contract.price) or (cint(contract.imported) and getdate(contract.end_date) < getdate()):
		return
	platform.check_party(contract.company, "Customer", contract.customer)
	if cint(frappe.get_cached_value("Item", contract.item_code, "disabled")):
		frappe.throw(
			_("Item {0} is disabled, so {1} could not be invoiced. Choose another one, or enable it.").format(
				get_link_to_form("Item", contract.item_code), contract.name
			),
			ContractContentError,
		)


def check_changed(contract: ServiceContract) -> None:
	"""Check a change of a submitted contract: units may be added, and end on a day, but not be removed."""
	check_complete(contract)
	check_units(contract)
	_check_level(contract)
	stored = contract.get_doc_before_save()
	kept = {row.name for row in contract.units}
	for row in stored.units if stored else ():
		if row.name not in kept:
			frappe.throw(
				_(
					"Unit {0} was covered by this contract. Do not remove it, enter its last day instead."
				).format(row.unit_name or row.installed_unit),
				ContractContentError,
			)


def check_units(contract: ServiceContract) -> None:
	"""Refuse a unit named twice or with wrong dates; that it is the customer's is checked in belonging/check.py."""
	names = [row.installed_unit for row in contract.units]
	if len(set(names)) < len(names):
		again = next(name for name in names if names.count(name) > 1)
		frappe.throw(_("Unit {0} is named twice. Keep one of the rows.").format(again), ContractContentError)
	for row in contract.units:
		if row.from_date and row.to_date and getdate(row.to_date) < getdate(row.from_date):
			frappe.throw(
				_("Row {0}: the unit is covered to a day before it begins. Correct the dates.").format(
					row.idx
				),
				ContractDatesError,
			)


def _check_entitlements(contract: ServiceContract) -> None:
	kinds = set()
	for row in contract.entitlements:
		if row.kind in kinds:
			frappe.throw(
				_("{0} are included twice. Keep one of the rows.").format(
					_(row.kind, context="Service Contract Entitlement")
				),
				ContractContentError,
			)
		kinds.add(row.kind)
		if not cint(row.unlimited) and flt(row.included) <= 0:
			frappe.throw(
				_("Row {0}: say how much is included, or tick Unlimited.").format(row.idx),
				ContractContentError,
			)
		if not 0 < flt(row.share) <= 100:
			frappe.throw(
				_("Row {0}: what is covered must be more than 0 and at most 100 percent.").format(row.idx),
				ContractContentError,
			)


def _check_level(contract: ServiceContract) -> None:
	"""Refuse a disabled policy or calendar, unless the contract named it before."""
	for field, doctype, wanted in (
		("service_level_policy", "Service Level Policy", ("enabled", 1)),
		("calendar", "Service Calendar", ("disabled", 0)),
	):
		name = contract.get(field)
		if not name or not (contract.is_new() or contract.has_value_changed(field)):
			continue
		if cint(frappe.db.get_value(doctype, name, wanted[0])) != wanted[1]:
			frappe.throw(
				_("{0} {1} is disabled. Enable it again or choose another one.").format(
					_(doctype), get_link_to_form(doctype, name)
				),
				ContractContentError,
			)
