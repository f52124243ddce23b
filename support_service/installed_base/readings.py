"""Readings of a unit's meters: checking a new one, and listing them for the unit's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import frappe
from frappe import _
from frappe.utils import flt

from support_service.foundation import instants, locks

if TYPE_CHECKING:
	from support_service.installed_base.doctype.unit_reading.unit_reading import UnitReading

DOCTYPE = "Unit Reading"
SHOWN = 200  # the newest readings of a unit, over all its meters
CLOCK_SLACK = 10 * 60  # seconds a device's clock may be ahead of ours


class MeterGoesBackError(frappe.ValidationError):
	"""A counter shows less than before, and nobody says that it was replaced."""


class ReadingInFutureError(frappe.ValidationError):
	"""A reading of a time that has not come."""


def check(reading: UnitReading) -> None:
	"""Raise unless `reading` fits between the readings before and after it."""
	if instants.lies_ahead(reading.read_at, by=CLOCK_SLACK):
		frappe.throw(_("The reading is of a time to come. Correct the date."), ReadingInFutureError)
	if not reading.counts_up:
		return
	# locks the unit, so that two readings at once are checked one after the other
	locks.get_value("Installed Unit", reading.installed_unit)
	before = _beside(reading, "<=", "read_at desc, creation desc")
	if before and not reading.meter_replaced and flt(reading.value) < flt(before.value):
		_refuse(reading, _("On {0} meter {1} showed {2}, more than {3}."), before)
	after = _beside(reading, ">", "read_at asc, creation asc")
	if after and not after.meter_replaced and flt(reading.value) > flt(after.value):
		_refuse(reading, _("On {0} meter {1} shows {2}, less than {3}."), after)


def meters_of(unit: str) -> list[dict[str, Any]]:
	"""The meters of `unit`, the one read last first: meter, uom, latest (value) and readings, oldest first."""
	rows = frappe.get_list(
		DOCTYPE,
		filters={"installed_unit": unit},
		fields=["name", "meter", "value", "uom", "read_at", "source", "counts_up", "meter_replaced", "owner"],
		order_by="read_at desc, creation desc",
		limit=SHOWN,
	)
	meters: dict[str, list[Any]] = {}
	for row in rows:
		meters.setdefault(row.meter, []).append(row)
	return [
		{
			"meter": meter,
			"uom": found[0].uom,
			"latest": found[0].value,
			"counts_up": found[0].counts_up,
			"readings": found[::-1],
		}
		for meter, found in meters.items()
	]


def latest_of(unit: str) -> list[Any]:
	"""The last reading of each meter of `unit`: meter, value, uom and read_at. For a unit the caller may read."""
	rows = frappe.get_all(
		DOCTYPE,
		filters={"installed_unit": unit},
		fields=["meter", "value", "uom", "read_at"],
		order_by="read_at desc, creation desc",
		limit=SHOWN,
	)
	latest: dict[str, Any] = {}
	for row in rows:
		latest.setdefault(row.meter, row)
	return list(latest.values())


def _beside(reading: UnitReading, side: str, order_by: str) -> Any | None:
	rows = frappe.get_all(
		DOCTYPE,
		filters={
			"installed_unit": reading.installed_unit,
			"meter": reading.meter,
			"read_at": (side, reading.read_at),
			"name": ("!=", reading.name or ""),
		},
		fields=["value", "read_at", "meter_replaced"],
		order_by=order_by,
		limit=1,
	)
	return rows[0] if rows else None


def _refuse(reading: UnitReading, what: str, other: Any) -> None:
	frappe.throw(
		what.format(frappe.format(other.read_at, "Datetime"), reading.meter, other.value, reading.value)
		+ " "
		+ _("Correct the reading, or tick Meter Was Replaced."),
		MeterGoesBackError,
	)
