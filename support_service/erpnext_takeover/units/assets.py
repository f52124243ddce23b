"""Assets that customers own → Installed Units. Where the Asset's Serial No is a unit already, no second unit is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import frappe

from support_service.constants.words import N_
from support_service.erpnext_takeover.kinds import ALREADY, SKIPPED, WOULD, Plan, Scope, Target, filters_of
from support_service.erpnext_takeover.kinds import next_names as _next
from support_service.erpnext_takeover.records import UNIT, existing, say, units_of_serials
from support_service.foundation.names.keys import key_of
from support_service.installed_base import placements
from support_service.installed_base.placements import NewUnit

DOCTYPE = "Asset"
FIELDS = (
	"name",
	"asset_name",
	"item_code",
	"company",
	"customer",
	"docstatus",
	"status",
	"asset_quantity",
	"purchase_date",
	"available_for_use_date",
)
OVER = ("Scrapped", "Sold", "Capitalized")

NOT_SUBMITTED = N_("It is a draft. Submit it and run the takeover again.")
CANCELLED = N_("It was cancelled.")
IS_OVER = N_("It is {0}.")
NO_CUSTOMER = N_("It names no customer. Enter the customer on the Asset and run the takeover again.")
CUSTOMER_GONE = N_("Its customer {0} does not exist any more.")
SAME_DEVICE = N_("It is the same device as Serial No {0}.")
SEVERAL = N_("It stands for {0} pieces; they are one unit.")


def count(scope: Scope) -> int:
	return frappe.db.count(DOCTYPE, _filters(scope))


def names(scope: Scope, after: str, limit: int) -> list[str]:
	return _next(DOCTYPE, _filters(scope, after), limit)


def plan(names: Sequence[str], scope: Scope) -> list[Plan]:
	assets = frappe.get_all(DOCTYPE, {"name": ("in", names)}, list(FIELDS), order_by="name asc")
	there = dict(
		frappe.get_all(UNIT, {"asset": ("in", names)}, ["asset", "name"], as_list=True, order_by=None)
	)
	serials = dict(
		frappe.get_all("Serial No", {"asset": ("in", names)}, ["asset", "name"], as_list=True, order_by=None)
	)
	units = units_of_serials(serials.values())
	customers = existing("Customer", (asset.customer for asset in assets))
	return [_plan(asset, there, serials, units, customers) for asset in assets]


def make(plans: Sequence[Plan]) -> Mapping[str, Target]:
	made = placements.place([plan.material for plan in plans])
	return {plan.source: (UNIT, made[plan.material.source_key]) for plan in plans}


def _filters(scope: Scope, after: str | None = None) -> list[list[Any]]:
	return filters_of(scope, dated="purchase_date", after=after, asset_owner="Customer")


def _plan(
	asset: Any, there: dict[str, str], serials: dict[str, str], units: dict[str, Any], customers: set[str]
) -> Plan:
	if unit := there.get(asset.name):
		return Plan(asset.name, ALREADY, target=(UNIT, unit))
	serial = serials.get(asset.name)
	if unit := units.get(serial or ""):
		return Plan(asset.name, ALREADY, say(SAME_DEVICE, serial), (UNIT, unit.name))
	if refused := _why_not(asset, customers):
		return Plan(asset.name, SKIPPED, refused)
	lost = say(SEVERAL, asset.asset_quantity) if (asset.asset_quantity or 1) > 1 else None
	return Plan(asset.name, WOULD, lost, material=_unit(asset, serial))


def _why_not(asset: Any, customers: set[str]) -> str | None:
	if asset.docstatus != 1:
		return say(CANCELLED if asset.docstatus == 2 else NOT_SUBMITTED)
	if asset.status in OVER:
		return say(IS_OVER, say(asset.status))
	if not asset.customer:
		return say(NO_CUSTOMER)
	return None if asset.customer in customers else say(CUSTOMER_GONE, asset.customer)


def _unit(asset: Any, serial: str | None) -> NewUnit:
	return NewUnit(
		source_key=key_of(DOCTYPE, asset.name),
		customer=asset.customer,
		happened_on=asset.available_for_use_date or asset.purchase_date,
		reference=(DOCTYPE, asset.name),
		item_code=asset.item_code,
		asset=asset.name,
		serial_no=serial,
		unit_name=asset.asset_name,
		company=asset.company,
	)
