"""Which customer had a unit on a day, and which units are, or have inside, a serial number."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import frappe

from support_service.installed_base import fitted_parts, unit_events
from support_service.installed_base.unit_rows import DOCTYPE


def was_of(unit: str, customer: str, on: date) -> bool:
	"""Whether `customer` had `unit` at some time of the day `on`, by the transfers in its ledger."""
	rows = frappe.get_all(
		unit_events.DOCTYPE,
		filters={"installed_unit": unit, "event": unit_events.TRANSFERRED, "happened_on": (">=", on)},
		fields=["happened_on", "from_customer"],
		order_by="happened_on asc, recorded_at asc",
	)
	for row in rows:
		if row.from_customer == customer:
			return True
		if row.happened_on > on:
			return False  # whoever had it until the first later transfer had it on the day
	return False


def holding(serial: str, items: Collection[str | None] = ()) -> list[str]:
	"""Units that are, or have inside, the piece with this serial number; returned units are left out.

	items: only pieces of these items; empty means of any item.
	"""
	wanted = {item for item in items if item}
	table = frappe.qb.DocType(DOCTYPE)
	query = (
		frappe.qb.from_(table)
		.select(table.name)
		.where((table.serial_no == serial) & (table.state != "Returned"))
	)
	if wanted:
		query = query.where(table.item_code.isin(sorted(wanted)))
	units = {name for (name,) in query.run()}
	filters = {"serial_label": serial, "kind": "Fitted"}
	for unit in frappe.get_all(
		fitted_parts.DOCTYPE, filters=filters, pluck="installed_unit", distinct=True, order_by=None
	):
		units.update(
			unit
			for part in fitted_parts.inside_now(unit)
			if (part.serial_label or "").casefold() == serial.casefold()
			and (not wanted or part.item_code in wanted)
		)
	return sorted(units)
