"""Finds the units that other records name; in a dry run also those that the run would have made by then."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import frappe

from support_service.erpnext_takeover.kinds import WOULD, Scope
from support_service.erpnext_takeover.records import units_of_serials
from support_service.erpnext_takeover.units import serial_numbers


def of_serials(serials: Iterable[str | None], scope: Scope) -> dict[str, Any]:
	"""Serial No → its unit (name, customer, item_code, serial_label); `name` is None for a unit that would be made."""
	wanted = {serial for serial in serials if serial}
	units = units_of_serials(wanted)
	missing = sorted(wanted - set(units))
	if scope.units_ahead and missing:
		for plan in serial_numbers.plan(missing, scope):
			if plan.outcome == WOULD:
				units[plan.source] = _expected(plan.material.delivered)
	return units


def _expected(unit: Any) -> Any:
	return frappe._dict(
		name=None, customer=unit.customer, item_code=unit.item_code, serial_label=unit.serial_label
	)
