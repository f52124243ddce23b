"""Warranty Claims → Service Requests about the unit with the claim's serial number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import frappe
from frappe.utils import get_datetime

from support_service.constants.words import N_
from support_service.erpnext_takeover.cases import old_records
from support_service.erpnext_takeover.cases.old_records import Known, contact_values, if_known
from support_service.erpnext_takeover.cases.past_rules import moves_of_claim
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
from support_service.support_service.past_cases import history
from support_service.support_service.past_cases.past_case import PastCase

DOCTYPE = "Warranty Claim"
FIELDS = (
	"name",
	"status",
	"complaint_date",
	"customer",
	"serial_no",
	"item_code",
	"complaint",
	"resolution_date",
	"resolved_by",
	"resolution_details",
	"contact_person",
	"contact_display",
	"contact_mobile",
	"contact_email",
	"customer_address",
	"address_display",
	"company",
	"owner",
	"creation",
	"modified",
)

CUSTOMER_GONE = N_("Its customer {0} does not exist any more.")
NO_UNIT = N_("No unit with serial number {0} stands at this customer; the request names the number only.")


def count(scope: Scope) -> int:
	return frappe.db.count(DOCTYPE, filters_of(scope, dated="complaint_date"))


def names(scope: Scope, after: str, limit: int) -> list[str]:
	return _next(DOCTYPE, filters_of(scope, dated="complaint_date", after=after), limit)


def plan(names: Sequence[str], scope: Scope) -> list[Plan]:
	claims = frappe.get_all(DOCTYPE, {"name": ("in", names)}, list(FIELDS), order_by="name asc")
	there = history.cases_of(DOCTYPE, names)
	units = expected_units.of_serials((claim.serial_no for claim in claims), scope)
	known = old_records.known(
		claims,
		Customer="customer",
		Contact="contact_person",
		Address="customer_address",
		Item="item_code",
		User=("owner", "resolved_by"),
	)
	return [_plan(claim, there.get(claim.name), units, known) for claim in claims]


make = old_records.make


def _plan(claim: Any, case: str | None, units: dict[str, Any], known: Known) -> Plan:
	if case:
		return Plan(claim.name, ALREADY, target=("Service Request", case))
	if claim.customer not in known["Customer"]:
		return Plan(claim.name, SKIPPED, say(CUSTOMER_GONE, claim.customer))
	unit = unit_values(claim.serial_no, claim.customer, units)
	lost = say(NO_UNIT, claim.serial_no) if claim.serial_no and "installed_unit" not in unit else None
	if "item_code" not in unit and claim.item_code in known["Item"]:
		unit["item_code"] = claim.item_code
	return Plan(claim.name, WOULD, lost, material=_case(claim, unit, known))


def _case(claim: Any, unit: dict[str, Any], known: Known) -> PastCase:
	raised = raised_at(claim, claim.complaint_date)
	by = if_known(claim.resolved_by, "User", known)
	return PastCase(
		source=(DOCTYPE, claim.name),
		subject=text_of(claim.complaint) or claim.name,
		raised_on=raised,
		company=claim.company,
		channel=CHANNEL["name"],
		request_type="Repair",
		customer=claim.customer,
		raised_by=if_known(claim.owner, "User", known),
		moves=moves_of_claim(
			claim.status, raised, resolved=claim.resolution_date, last=get_datetime(claim.modified), by=by
		),
		values={
			**contact_values(claim, known),
			"description": claim.complaint,
			"solution": claim.resolution_details,
			"resolution": text_of(claim.resolution_details)[:140] or None,
			**unit,
		},
	)
