"""What an Installation Note says of units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from frappe.model.document import Document
from frappe.utils import getdate

from support_service.installed_base import placements, unit_events, unit_rows
from support_service.installed_base.deliveries import facts, followed_items
from support_service.installed_base.placements import NewUnit
from support_service.installed_base.unit_rows import key_of

ROW = "Delivery Note Item"


def units_of(doc: Document) -> tuple[list[str], list[NewUnit]]:
	"""The units an Installation Note is about that are there, and those that are missing.

	ERPNext posts no stock for it: the serial numbers are those in its rows.
	"""
	common = NewUnit(
		source_key="",
		customer=doc.customer,
		customer_name=doc.get("customer_name"),
		happened_on=getdate(doc.inst_date),
		installed_on=getdate(doc.inst_date),
		reference=facts.reference_of(doc),
		company=doc.company,
		contact=doc.get("contact_person"),
		site_address=doc.get("customer_address"),
	)
	tracked = followed_items.tracking({row.item_code for row in doc.items})
	rows = [row for row in doc.items if row.item_code in tracked]
	serials = facts.typed_serials(rows)
	units = facts.units_of_serials(common, ((row.item_code, serials.get(row.name, ())) for row in rows))
	pieces = _first_not_installed(doc, [row for row in rows if not tracked[row.item_code]])
	keys = [unit.source_key for unit in units]
	there = facts.by_key(keys)
	missing = [unit for unit in units if unit.source_key not in there]
	return [*there.values(), *pieces], missing


def _first_not_installed(doc: Document, rows: Sequence[Any]) -> list[str]:
	"""Of each delivered row as many units as were installed now, the first that were not yet; those told are told.

	Chosen among the units as they are now, and locked: another note may install pieces of the same row at this moment.
	"""
	installed: dict[str, int] = {}
	for row in rows:  # a note may have a delivered row in several rows
		delivered = row.prevdoc_detail_docname
		installed[delivered] = installed.get(delivered, 0) + int(row.qty)
	quantities = facts.quantities(ROW, list(installed))
	keys = {
		delivered: [key_of(ROW, delivered, number + 1) for number in range(int(quantities.get(delivered, 0)))]
		for delivered in installed
	}
	there = facts.by_key([key for group in keys.values() for key in group])
	stored = unit_rows.lock_names(there.values())
	told = set(placements.touched_by(facts.reference_of(doc), unit_events.INSTALLED))
	chosen = []
	for delivered, group in keys.items():
		units = [there[key] for key in group if key in there]
		waiting = [name for name in units if name not in told and not stored[name].installed_on]
		more = installed[delivered] - sum(name in told for name in units)
		chosen += waiting[: max(more, 0)]
	return chosen
