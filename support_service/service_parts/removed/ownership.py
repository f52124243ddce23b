"""Whose a removed piece is: the customer's whole unit that is taken in for repair, against a part that we replaced."""

from __future__ import annotations

import frappe
from frappe.model.document import Document

from support_service.service_parts.removed.lifecycle import Owner

UNIT = "Installed Unit"
# a unit in one of these is a device of ours, wherever it stands
OURS = ("Standby", "Stored", "Returned")


def unit_serial(unit: str | None) -> str | None:
	"""The serial number, case-folded, of the customer's own unit that a case is about; None for a device of ours."""
	if not unit:
		return None
	known = frappe.db.get_value(UNIT, unit, ["serial_no", "serial_label", "state"], as_dict=True)
	if not known or known.state in OURS:
		return None
	return (known.serial_no or known.serial_label or "").strip().casefold() or None


def settle(part: Document) -> None:
	"""Once the number of a piece has been read: where it is that of the customer's own unit, the piece is the customer's."""
	if part.serial_no and part.serial_no.strip().casefold() == unit_serial(part.installed_unit):
		part.belongs_to = Owner.CUSTOMER
