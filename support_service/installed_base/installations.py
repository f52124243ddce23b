"""What an Installation Note says of units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from frappe.model.document import Document
from frappe.utils import getdate

from support_service.installed_base import delivery_facts, placements, unit_events
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
		reference=delivery_facts.reference_of(doc),
		company=doc.company,
		contact=doc.get("contact_person"),
		site_address=doc.get("customer_address"),
	)
	tracked = delivery_facts.tracking({row.item_code for row in doc.items})
	rows = [row for row in doc.items if row.item_code in tracked]
	serials = delivery_facts.typed_serials(rows)
	units = delivery_facts.units_of_serials(
		common, ((row.item_code, serials.get(row.name, ())) for row in rows)
	)
	pieces = _first_not_installed(doc, [row for row in rows if not tracked[row.item_code]])
	keys = [unit.source_key for unit in units]
	there = delivery_facts.by_key(keys)
	missing = [unit for unit in units if unit.source_key not in there]
	return [*there.values(), *pieces], missing


def _first_not_installed(doc: Document, rows: Sequence[Any]) -> list[str]:
	"""Of each delivered row as many units as were installed now, the first that were not yet; those told are told."""
	quantities = delivery_facts.quantities(ROW, [row.prevdoc_detail_docname for row in rows])
	keys = {
		row.name: [
			key_of(ROW, row.prevdoc_detail_docname, number + 1)
			for number in range(int(quantities.get(row.prevdoc_detail_docname, 0)))
		]
		for row in rows
	}
	every = [key for group in keys.values() for key in group]
	units = delivery_facts.by_key(every)
	told = set(placements.touched_by(delivery_facts.reference_of(doc), unit_events.INSTALLED))
	waiting = delivery_facts.standing(every, "installed_on", "is", "not set")
	chosen = []
	for row in rows:
		done = [units[key] for key in keys[row.name] if units.get(key) in told]
		more = int(row.qty) - len(done)
		chosen += [waiting.pop(key) for key in keys[row.name] if key in waiting][: max(more, 0)]
	return chosen
