"""Reading from an Installation Note which units were installed. Writes nothing."""

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
	"""(names of the units that were installed, units that are still to be made).

	ERPNext posts no stock for an Installation Note, so its serial numbers are those in its rows.
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
	"""Choose units of pieces without serial numbers: of each delivered row the first that are not installed yet.

	Units this note has installed already count first, so that a repeat chooses the same ones. The rows are locked: another
	note may install pieces of the same delivered row at this moment.
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
	by_this_note = set(placements.touched_by(facts.reference_of(doc), unit_events.INSTALLED))
	chosen = []
	for delivered, group in keys.items():
		units = [there[key] for key in group if key in there]
		waiting = [name for name in units if name not in by_this_note and not stored[name].installed_on]
		more = installed[delivered] - sum(name in by_this_note for name in units)
		chosen += waiting[: max(more, 0)]
	return chosen
