"""What somebody enters in a count: checks of quantities and serial numbers, with what to do where they cannot be."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html, flt

from support_service.service_parts.vans import count_rules
from support_service.service_parts.vans.errors import VanCountError


def lines(text: str | None) -> list[str]:
	"""The serial numbers of a text with one per line."""
	return [line.strip() for line in (text or "").splitlines() if line.strip()]


def serials(item_code: str, given: Collection[str]) -> list[str]:
	"""The serial numbers of the item as they are stored, each once; an unknown one, or one of another item, is refused."""
	typed = list(dict.fromkeys(str(serial).strip() for serial in given if str(serial).strip()))
	# not case-sensitive, as MariaDB compares
	known = {
		row.name.casefold(): row
		for row in frappe.get_all("Serial No", {"name": ("in", typed or [""])}, ["name", "item_code"])
	}
	for serial in typed:
		row = known.get(serial.casefold())
		if not row:
			frappe.throw(
				_("Serial number {0} is unknown. Check the label on the part.").format(escape_html(serial)),
				VanCountError,
			)
		if row.item_code != item_code:
			frappe.throw(
				_("Serial number {0} belongs to item {1}, not {2}.").format(
					row.name, row.item_code, item_code
				),
				VanCountError,
			)
	return list(dict.fromkeys(known[serial.casefold()].name for serial in typed))


def quantity(row: Any, found: float) -> float:
	"""`found` as a number that the unit of the row allows; less than nothing and parts of whole pieces are refused."""
	qty = flt(found, 9)
	if not qty >= 0:  # also refuses what is not a number
		frappe.throw(_("Enter how many of {0} are there; 0 if none.").format(row.item_code), VanCountError)
	whole = frappe.get_cached_value("UOM", row.uom, "must_be_whole_number") if row.uom else 0
	if whole and count_rules.differs(qty, round(qty)):
		frappe.throw(
			_("{0} is counted in whole {1}. Enter a whole number.").format(row.item_code, row.uom),
			VanCountError,
		)
	return qty
