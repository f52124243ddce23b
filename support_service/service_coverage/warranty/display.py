"""What other records show of warranties: the last day on the unit, and on ERPNext's Serial No. One way, never read back.

ERPNext writes Serial No.warranty_expiry_date whenever a serial number moves: every move into a warehouse wipes it, every
delivery writes a new full period. It does so while a Stock Ledger Entry is submitted, so right after that we put back
what our ledger says: one statement per entry, whatever the number of serials, and none where nothing has a serial number.
"""

from __future__ import annotations

from collections.abc import Sequence

import frappe
from frappe.model.document import Document
from frappe.utils import cint, getdate

from support_service.installed_base.deliveries import moved_goods

SETTINGS = "Support Service Settings"
CHUNK = 1000

# A serial number we know no warranty of keeps what ERPNext says.
_SHOW = """
	update `tabSerial No` serial
	join `tabInstalled Unit` unit on unit.serial_no = serial.name
	{source}
	set serial.warranty_expiry_date = unit.warranty_until,
		serial.maintenance_status = case
			when serial.amc_expiry_date is not null then serial.maintenance_status
			when unit.warranty_until is null then null
			when unit.warranty_until < %(today)s then 'Out of Warranty'
			else 'Under Warranty' end
	where {condition}
		and exists (
			select 1 from `tabService Warranty` warranty
			where warranty.installed_unit = unit.name and warranty.fitted_part is null
		)
"""


def refresh(units: Sequence[str]) -> None:
	"""Write what the warranties of `units` say to the units and to their serial numbers."""
	shown = is_shown_on_serial_no()
	for start in range(0, len(units), CHUNK):
		some = tuple(units[start : start + CHUNK])
		# the longest of the unit as a whole; a void one covers nothing
		frappe.db.sql(
			"""update `tabInstalled Unit` unit
			left join (
				select installed_unit, max(ends_on) as ends_on from `tabService Warranty`
				where installed_unit in %(units)s and fitted_part is null and status != 'Void'
				group by installed_unit
			) warranty on warranty.installed_unit = unit.name
			set unit.warranty_until = warranty.ends_on
			where unit.name in %(units)s""",
			{"units": some},
		)  # the query builder of Frappe 15 cannot update from a grouped query
		if shown:
			_show("", "unit.name in %(units)s and unit.serial_no is not null", units=some)


def on_submit_stock_ledger_entry(doc: Document, method: str | None = None) -> None:
	"""doc_event on_submit of Stock Ledger Entry: ERPNext has just written to the serial numbers that moved."""
	if not (doc.serial_and_batch_bundle or doc.serial_no) or not is_shown_on_serial_no():
		return
	if doc.serial_and_batch_bundle:
		_show(
			"join `tabSerial and Batch Entry` moved on moved.serial_no = serial.name",
			"moved.parent = %(bundle)s",
			bundle=doc.serial_and_batch_bundle,
		)
	elif names := moved_goods.lines_of(doc.serial_no):
		_show("", "serial.name in %(names)s", names=tuple(names))


def on_update_serial_no(doc: Document, method: str | None = None) -> None:
	"""doc_event on_update of Serial No: what somebody typed there is no warranty of ours."""
	if doc.get_doc_before_save() is not None and is_shown_on_serial_no():
		_show("", "serial.name = %(name)s", name=doc.name)


def on_update_installed_unit(doc: Document, method: str | None = None) -> None:
	"""doc_event on_update of Installed Unit: warranties show the unit's name and label in lists."""
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


def _show(source: str, condition: str, **values: object) -> None:
	frappe.db.sql(_SHOW.format(source=source, condition=condition), {"today": getdate(), **values})
