"""Custom fields on ERPNext's DocTypes, from `constants/custom_fields.py`."""

from collections.abc import Iterator

import frappe
from frappe.custom.doctype.custom_field.custom_field import create_custom_fields

from support_service.constants.custom_fields import CUSTOM_FIELDS
from support_service.setup import names

MODULE = "Support Service"


def apply_fields() -> None:
	"""Create or update every field of CUSTOM_FIELDS, marked with our module."""
	fields = {
		doctype: [{"module": MODULE, **field} for field in rows]
		for doctype, rows in CUSTOM_FIELDS.items()
		if frappe.db.exists("DocType", doctype)
	}
	create_custom_fields(fields, ignore_validate=True)


def remove_fields(fields: list[tuple[str, str]]) -> None:
	"""Delete these custom fields with their property setters and, other than Frappe itself, their columns."""
	for doctype, fieldname in fields:
		name = frappe.db.get_value("Custom Field", {"dt": doctype, "fieldname": fieldname})
		if name:
			frappe.delete_doc("Custom Field", name, force=True, delete_permanently=True)
		frappe.db.delete("Property Setter", {"doc_type": doctype, "field_name": fieldname})
		_drop_column(doctype, fieldname)


def our_fields() -> Iterator[tuple[str, str]]:
	"""(DocType, fieldname) of our fields on this site, as shipped now and as shipped by earlier versions."""
	found = {(doctype, field["fieldname"]) for doctype, rows in CUSTOM_FIELDS.items() for field in rows}
	for row in frappe.get_all("Custom Field", {"module": ["in", names.modules()]}, ["dt", "fieldname"]):
		found.add((row.dt, row.fieldname))
	yield from sorted(found)


def _drop_column(doctype: str, fieldname: str) -> None:
	if not frappe.db.table_exists(doctype) or not frappe.db.has_column(doctype, fieldname):
		return
	if frappe.db.exists("DocField", {"parent": doctype, "fieldname": fieldname}):
		return  # the DocType has grown a field of that name itself; the column is its own now
	# DDL has no query builder; both names come from our own files or from Custom Field rows of our modules
	frappe.db.sql_ddl(f"ALTER TABLE `tab{doctype}` DROP COLUMN `{fieldname}`")
	frappe.clear_cache(doctype=doctype)
