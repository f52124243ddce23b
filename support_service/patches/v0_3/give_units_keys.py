"""Units from before deliveries made them get the key by which a delivery finds them, and the first row of their ledger.

No listener is called, as nothing has happened today. Two units of one Asset cannot both have its key; the later ones
are left without and named in the Error Log. May be stopped and run again.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe.utils import getdate

from support_service.foundation import rows
from support_service.foundation.names.keys import key_of
from support_service.installed_base import unit_events
from support_service.installed_base.unit_events import CREATED, UnitEvent

CHUNK = 1000
UNIT = "Installed Unit"


def execute() -> None:
	"""Go through all units once, in the order of their numbers."""
	last = ""
	while units := _units_after(last):
		last = units[-1].name
		_give_keys([unit for unit in units if not unit.source_key and (unit.serial_no or unit.asset)])
		_give_first_event(units)


def _units_after(name: str) -> list[Any]:
	return frappe.get_all(
		UNIT,
		filters={"name": (">", name)},
		fields=["name", "source_key", "serial_no", "asset", "customer", "state", "creation"],
		order_by="name",
		limit=CHUNK,
	)


def _give_keys(units: list[Any]) -> None:
	wanted = {
		unit.name: key_of("Serial No", unit.serial_no) if unit.serial_no else key_of("Asset", unit.asset)
		for unit in units
	}
	if not wanted:
		return
	filters = {"source_key": ("in", list(wanted.values()))}
	taken = {key.casefold() for key in frappe.get_all(UNIT, filters=filters, pluck="source_key")}
	given, doubles = [], []
	for name, key in wanted.items():
		if key.casefold() in taken:
			doubles.append(f"{name}: {key}")
		else:
			taken.add(key.casefold())
			given.append({"name": name, "source_key": key})
	rows.update(UNIT, given)
	if doubles:
		frappe.log_error(title="Installed Units of the same record", message="\n".join(doubles))


def _give_first_event(units: list[Any]) -> None:
	with_events = set(
		frappe.get_all(
			unit_events.DOCTYPE,
			filters={"installed_unit": ("in", [unit.name for unit in units])},
			pluck="installed_unit",
			distinct=True,
			order_by="installed_unit",
		)
	)
	unit_events.store(
		[
			UnitEvent(
				unit=unit.name,
				event=CREATED,
				happened_on=getdate(unit.creation),
				key=f"{CREATED}|{unit.name}|before deliveries",
				customer=unit.customer,
				new_value=unit.state,
			)
			for unit in units
			if unit.name not in with_events
		]
	)
