"""Shows the last day of warranties on Installed Unit and on ERPNext's Serial No. Written from the ledger, never read back.

ERPNext writes Serial No.warranty_expiry_date whenever a serial number moves: every movement into a warehouse clears it,
every delivery writes a new full period. It does so while a Stock Ledger Entry is submitted, so right after that we write
what our ledger says: one statement per entry, whatever the number of serials, and none where nothing has a serial number.
"""

from __future__ import annotations

from collections.abc import Sequence

import frappe
from frappe.model.document import Document
from frappe.query_builder.functions import Max
from frappe.utils import cint, getdate
from pypika.terms import Case, ExistsCriterion

from support_service.installed_base.deliveries import moved_goods
from support_service.service_coverage.warranty.rules import Status

SETTINGS = "Support Service Settings"
CHUNK = 1000


def refresh(units: Sequence[str]) -> None:
	"""Write the last day of the warranties of `units` to the units and to their serial numbers."""
	shown = bool(units) and is_shown_on_serial_no()
	for start in range(0, len(units), CHUNK):
		some = units[start : start + CHUNK]
		_show_on_units(some)
		if shown:
			_show_on_serials(units=some)


def on_submit_stock_ledger_entry(doc: Document, method: str | None = None) -> None:
	"""doc_event on_submit of Stock Ledger Entry: ERPNext has just written to the serial numbers that moved."""
	if not (doc.serial_and_batch_bundle or doc.serial_no) or not is_shown_on_serial_no():
		return
	if doc.serial_and_batch_bundle:
		_show_on_serials(bundle=doc.serial_and_batch_bundle)
	elif names := moved_goods.lines_of(doc.serial_no):
		_show_on_serials(serials=names)


def on_update_serial_no(doc: Document, method: str | None = None) -> None:
	"""doc_event on_update of Serial No: overwrite what somebody typed into ERPNext's warranty date."""
	if doc.get_doc_before_save() is not None and is_shown_on_serial_no():
		_show_on_serials(serials=[doc.name])


def on_update_installed_unit(doc: Document, method: str | None = None) -> None:
	"""doc_event on_update of Installed Unit: copy its name and serial label to its warranties, which show them in lists."""
	shown = ("unit_name", "serial_label")
	if doc.get_doc_before_save() is None or not any(doc.has_value_changed(field) for field in shown):
		return
	warranty = frappe.qb.DocType("Service Warranty")
	query = frappe.qb.update(warranty).where(warranty.installed_unit == doc.name)
	for field in shown:
		query = query.set(warranty[field], doc.get(field))
	query.run()


def is_shown_on_serial_no() -> bool:
	"""Whether the site shows our warranties on ERPNext's serial numbers."""
	return bool(cint(frappe.db.get_single_value(SETTINGS, "show_warranty_on_serial_no", cache=True)))


def _show_on_units(units: Sequence[str]) -> None:
	"""Write the last day of each unit's own warranty, the longest one; a void one covers nothing."""
	unit, warranty = frappe.qb.DocType("Installed Unit"), frappe.qb.DocType("Service Warranty")
	longest = (
		frappe.qb.from_(warranty)
		.select(warranty.installed_unit, Max(warranty.ends_on).as_("ends_on"))
		.where(warranty.installed_unit.isin(list(units)) & warranty.fitted_part.isnull())
		.where(warranty.status != Status.VOID)
		.groupby(warranty.installed_unit)
		.as_("longest")
	)
	(
		frappe.qb.update(unit)
		.left_join(longest)
		.on(longest.installed_unit == unit.name)
		.set(unit.warranty_until, longest.ends_on)
		.where(unit.name.isin(list(units)))
	).run()


def _show_on_serials(
	*,
	units: Sequence[str] | None = None,
	serials: Sequence[str] | None = None,
	bundle: str | None = None,
) -> None:
	"""Write the last day to the serial numbers of `units`, to `serials`, or to those in a Serial and Batch Bundle.

	A serial number of whose unit no warranty is known keeps what ERPNext says.
	"""
	serial, unit = frappe.qb.DocType("Serial No"), frappe.qb.DocType("Installed Unit")
	warranty = frappe.qb.DocType("Service Warranty")
	known = frappe.qb.from_(warranty).select(warranty.name)
	known = known.where((warranty.installed_unit == unit.name) & warranty.fitted_part.isnull())
	status = (
		Case()
		.when(serial.amc_expiry_date.isnotnull(), serial.maintenance_status)
		.when(unit.warranty_until.isnull(), None)
		.when(unit.warranty_until < getdate(), "Out of Warranty")
		.else_("Under Warranty")
	)
	query = frappe.qb.update(serial).join(unit).on(unit.serial_no == serial.name)
	if bundle:
		moved = frappe.qb.DocType("Serial and Batch Entry")
		query = query.join(moved).on(moved.serial_no == serial.name).where(moved.parent == bundle)
	if units is not None:
		query = query.where(unit.name.isin(list(units)))
	if serials is not None:
		query = query.where(serial.name.isin(list(serials)))
	(
		query.set(serial.warranty_expiry_date, unit.warranty_until)
		.set(serial.maintenance_status, status)
		.where(ExistsCriterion(known))
	).run()
