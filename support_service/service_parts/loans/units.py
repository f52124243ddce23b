"""What lending does to Installed Units: a device of ours with a serial number stands at the customer's in the state Standby.

The events name the Stock Entry of the hand-over or of the taking back, so that undoing one of them undoes its event only. It is no
delivery: no warranty begins or ends, and the device does not become the customer's.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import getdate, today

from support_service.foundation.names.keys import key_of
from support_service.installed_base import placements, unit_events
from support_service.installed_base.placements import NewUnit

STANDBY = "Standby"
STOCK_ENTRY = "Stock Entry"


def lend(loan: Document, entry: str) -> None:
	"""Store that the pieces of `loan` stand at its customer's, and write the units into its rows."""
	rows = [row for row in loan.pieces if row.serial_no]
	if not rows:
		return
	site = frappe.db.get_value(
		"Service Request", loan.service_request, ["site_address", "contact"], as_dict=True
	)
	found = placements.place([_unit(loan, row, entry, site) for row in rows], event=unit_events.LENT)
	for row in rows:
		row.installed_unit = found[key_of("Serial No", row.serial_no)]


def take_back(rows: Sequence[Any], entry: str) -> None:
	"""Store that the units of `rows` (pieces) came back with a Stock Entry."""
	_store([row.installed_unit for row in rows], unit_events.TAKEN_BACK, entry, on=getdate(today()))


def undo(entry: str) -> None:
	"""Store that what a Stock Entry of a loan did to units counts as never having happened."""
	posted = frappe.db.get_value(STOCK_ENTRY, entry, "posting_date")
	_store(placements.touched_by((STOCK_ENTRY, entry)), unit_events.LOAN_CANCELLED, entry, on=posted)


def _store(units: Sequence[str | None], event: str, entry: str, *, on: Any) -> None:
	names = [name for name in units if name]
	if names:
		placements.happened(names, event, on=on, reference=(STOCK_ENTRY, entry))


def _unit(loan: Document, row: Any, entry: str, site: Any) -> NewUnit:
	return NewUnit(
		source_key=key_of("Serial No", row.serial_no),
		customer=loan.customer,
		customer_name=loan.customer_name,
		happened_on=getdate(today()),
		reference=(STOCK_ENTRY, entry),
		item_code=row.item_code,
		serial_no=row.serial_no,
		state=STANDBY,
		company=loan.company,
		site_address=site.site_address if site else None,
		contact=site.contact if site else None,
	)
