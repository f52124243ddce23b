"""Pieces of deliveries that were amended before they got the keys of the amendment's rows.

Returns and installations of the amended delivery did not find them; the nightly run repeats those that are recent.
"""

import frappe

from support_service.installed_base import unit_events
from support_service.installed_base.deliveries import amended
from support_service.installed_base.deliveries import facts as delivery_facts

UNIT = "Installed Unit"


def execute() -> None:
	"""Give them the keys of the amendment's rows, delivery by delivery, in the order in which they were made."""
	for doctype in delivery_facts.TAKES_BACK:
		for name in _amended(doctype):
			doc = frappe.get_doc(doctype, name)
			amended.take_over(doc, delivery_facts.units_of(doc))


def _amended(doctype: str) -> list[str]:
	"""Submitted amended deliveries with units whose key names a delivery row."""
	document, event, unit = (
		frappe.qb.DocType(doctype),
		frappe.qb.DocType(unit_events.DOCTYPE),
		frappe.qb.DocType(UNIT),
	)
	return (
		frappe.qb.from_(document)
		.join(event)
		.on((event.reference_name == document.name) & (event.reference_doctype == doctype))
		.join(unit)
		.on(unit.name == event.installed_unit)
		.select(document.name, document.creation)
		.distinct()
		.where((document.docstatus == 1) & (document.amended_from != "") & (document.is_return == 0))
		.where((event.event == unit_events.DELIVERED) & unit.source_key.like(f"{doctype} Item|%"))
		.orderby(document.creation)
		.run(pluck=True)
	)
