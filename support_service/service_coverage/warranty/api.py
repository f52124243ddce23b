"""Whitelisted functions about warranties."""

from __future__ import annotations

from datetime import date
from typing import Any

import frappe
from frappe import _
from frappe.utils import flt, getdate

from support_service.constants.roles import LEAD, MANAGER
from support_service.permissions import named_links, role_check
from support_service.service_coverage.vocabulary import Kind
from support_service.service_coverage.warranty import store, warranties
from support_service.service_coverage.warranty.policies import COLUMNS
from support_service.service_coverage.warranty.rules import Terms
from support_service.service_coverage.warranty.warranties import WarrantyRefusedError

CHANGERS = (LEAD, MANAGER, "System Manager")
SHOWN = (
	"name",
	"status",
	"customer",
	"customer_name",
	"policy",
	"fitted_part",
	"part_item",
	"part_serial",
	"ends_on",
	"suspension",
	*store.TERMS,
)
LEDGER = (
	"name",
	"no",
	"event",
	"effective_on",
	"customer",
	"suspension",
	"reason",
	"recorded_by",
	"recorded_at",
	"reference_doctype",
	"reference_name",
	*store.TERMS,
)
MAY_REFER_TO = ("Service Request", "Sales Order", "Sales Invoice", "Delivery Note")


@frappe.whitelist()
def ledger_of(warranty: str) -> list[dict[str, Any]]:
	"""The ledger of `warranty`, the latest row first: the columns LEDGER, as stored."""
	frappe.has_permission(store.WARRANTY, "read", warranty, throw=True)
	return frappe.get_list(
		store.ENTRY,
		filters={"warranty": warranty},
		fields=list(LEDGER),
		order_by="no desc",
		limit=100,
	)


@frappe.whitelist()
def of_unit(unit: str) -> list[dict[str, Any]]:
	"""Warranties of `unit` and of parts in it: the columns SHOWN, void ones last; `status` is today's."""
	frappe.has_permission(store.UNIT, "read", unit, throw=True)
	rows = frappe.get_list(
		store.WARRANTY,
		filters={"installed_unit": unit},
		fields=list(SHOWN),
		order_by="fitted_part asc, name desc",
		limit=100,
	)
	for row in rows:
		row.status = store.status_today(row)
	return sorted(rows, key=lambda row: row.status == "Void")


@frappe.whitelist(methods=["POST"])
def start_warranty(
	unit: str, reason: str, starts_on: str | None = None, policy: str | None = None
) -> dict[str, str]:
	"""Start the warranty of a unit by hand; returns its name. Leads and managers only."""
	_only_leads()
	frappe.has_permission(store.UNIT, "read", unit, throw=True)
	named_links.require("Warranty Policy", policy, _("Warranty Policy"))
	day = getdate(starts_on) if starts_on else None
	return {"name": warranties.start(unit, starts_on=day, policy=policy, reason=_given(reason))}


@frappe.whitelist(methods=["POST"])
def change_warranty(
	warranty: str,
	what: str,
	reason: str,
	on: str | None = None,
	customer: str | None = None,
	starts_on: str | None = None,
	parts_until: str | None = None,
	labour_until: str | None = None,
	travel_until: str | None = None,
	reference_doctype: str | None = None,
	reference_name: str | None = None,
) -> dict[str, Any]:
	"""Change a warranty by hand, with a reason; leads and managers only. Returns the new status and ends_on.

	what: "extend" (days of the kinds that change), "transfer" (customer), "suspend", "resume", "void", or "correct"
	(starts_on and all days; a kind without a day is not covered). on: the day it is effective, today unless said.
	reference: a document the user may read. Raises WarrantyRefusedError.
	"""
	_only_leads()
	frappe.has_permission(store.WARRANTY, "read", warranty, throw=True)
	until = _days(parts=parts_until, labour=labour_until, travel=travel_until)
	why: dict[str, Any] = {
		"reason": _given(reason),
		"on": _past(on),
		"reference": _reference(reference_doctype, reference_name),
	}
	if what == "extend":
		warranties.extend(warranty, until, **why)
	elif what == "transfer":
		named_links.require("Customer", customer, _("Customer"))
		warranties.transfer(warranty, str(customer), **why)
	elif what == "correct":
		warranties.correct(warranty, _terms(warranty, starts_on, until), **why)
	elif what in ("suspend", "resume", "void"):
		{"suspend": warranties.suspend, "resume": warranties.resume, "void": warranties.void}[what](
			warranty, **why
		)
	else:
		frappe.throw(_("Choose what is to change."), WarrantyRefusedError)
	return frappe.db.get_value(store.WARRANTY, warranty, ["status", "ends_on"], as_dict=True)


def _only_leads() -> None:
	role_check.require_role(
		CHANGERS, _("Only an After-Sales Lead or Service Manager starts and changes warranties.")
	)


def _given(reason: str) -> str:
	if not (reason or "").strip():
		frappe.throw(_("Please give a reason for the change."), WarrantyRefusedError)
	return reason.strip()


def _past(on: str | None) -> date | None:
	if on and getdate(on) > getdate():
		frappe.throw(
			_("This day lies in the future. Enter today or an earlier day."),
			WarrantyRefusedError,
		)
	return getdate(on) if on else None


def _days(**until: str | None) -> dict[Kind, date]:
	return {kind: getdate(until[column]) for kind, column in COLUMNS.items() if until[column]}


def _terms(warranty: str, starts_on: str | None, until: dict[Kind, date]) -> Terms:
	shares = frappe.db.get_value(
		store.WARRANTY, warranty, [f"share_{column}" for column in COLUMNS.values()], as_dict=True
	)
	return Terms(
		getdate(starts_on) if starts_on else None,
		until,
		{kind: flt(shares[f"share_{column}"]) or 100.0 for kind, column in COLUMNS.items()},
	)


def _reference(doctype: str | None, name: str | None) -> tuple[str, str] | None:
	if not (doctype and name):
		return None
	if doctype not in MAY_REFER_TO:
		frappe.throw(_("Choose one of the documents offered."), WarrantyRefusedError)
	named_links.require(doctype, name, _(doctype))
	return doctype, name
