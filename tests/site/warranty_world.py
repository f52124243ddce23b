"""Units with a policy of their own, and what happens to them told as deliveries tell it."""

from __future__ import annotations

from datetime import date
from typing import Any

import frappe

from support_service.installed_base import unit_events
from support_service.installed_base.unit_events import UnitEvent
from tests.factories import make_installed_unit, make_warranty_policy


def happens(
	unit: str, event: str, on: date, customer: str | None = None, document: str | None = None, **more: Any
):
	"""Append one unit event as if the Delivery Note `document` had caused it; the unit stands there as it would."""
	_stand(unit, event, on, customer)
	document = document or frappe.generate_hash(length=8)
	key = f"{event}|{unit}|{document}"
	unit_events.append(
		[UnitEvent(unit, event, on, key, customer=customer, reference=("Delivery Note", document), **more)]
	)
	return document


def corrected(unit: str, field: str, new: date | None) -> None:
	"""A person corrects a date on the unit's form."""
	doc = frappe.get_doc("Installed Unit", unit)
	doc.update({field: new})
	doc.save()


def _stand(unit: str, event: str, on: date, customer: str | None) -> None:
	values: dict[str, Any] = {}
	if customer:
		name = frappe.db.get_value("Customer", customer, "customer_name")
		values = {"customer": customer, "customer_name": name}
	values |= {
		unit_events.DELIVERED: {"state": "In Service", "delivered_on": on},
		unit_events.RETURNED: {"state": "Returned"},
		unit_events.INSTALLED: {"installed_on": on},
		unit_events.ACCEPTED: {"accepted_on": on},
	}.get(event, {})
	if values:
		frappe.db.set_value("Installed Unit", unit, values)


def make_unit(**policy: Any) -> Any:
	"""A unit of an item with a warranty policy of its own; nothing has happened to it yet."""
	given = make_warranty_policy(**policy)
	return make_installed_unit(item_code=given.item)


def delivered(on: date, **policy: Any) -> Any:
	"""A unit that was delivered `on`, and has its warranty."""
	unit = make_unit(**policy)
	happens(unit.name, unit_events.DELIVERED, on, unit.customer)
	return unit


def warranties_of(unit: str) -> list[Any]:
	return frappe.get_all(
		"Service Warranty", filters={"installed_unit": unit}, fields=["*"], order_by="name asc"
	)


def the_warranty(unit: str) -> Any:
	[found] = warranties_of(unit)
	return found


def ledger(warranty: str) -> list[str]:
	return frappe.get_all(
		"Service Warranty Entry", filters={"warranty": warranty}, pluck="event", order_by="no"
	)
