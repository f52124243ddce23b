"""Custom fields on ERPNext's DocTypes, from `constants/custom_fields.py`."""

from collections.abc import Iterator
from typing import Any

import frappe
from frappe.custom.doctype.custom_field.custom_field import create_custom_fields

from support_service.constants.custom_fields import CUSTOM_FIELDS, FORMER_FIELDS

MODULE = "Support Service"
# properties the code relies on; label, place and look of an existing field belong to the admin
OURS = (
	"fieldname",
	"module",
	"fieldtype",
	"options",
	"read_only",
	"no_copy",
	"unique",
	"search_index",
	"permlevel",
)


def apply_fields() -> None:
	"""Create every field of CUSTOM_FIELDS, marked with our module; of one that exists update only what is OURS."""
	existing = {
		(row.dt, row.fieldname)
		for row in frappe.get_all("Custom Field", {"dt": ["in", list(CUSTOM_FIELDS)]}, ["dt", "fieldname"])
	}
	fields = {
		doctype: [_wanted(field, (doctype, field["fieldname"]) in existing) for field in rows]
		for doctype, rows in CUSTOM_FIELDS.items()
		if frappe.db.exists("DocType", doctype)
	}
	create_custom_fields(fields, ignore_validate=True)


def _wanted(field: dict[str, Any], exists: bool) -> dict[str, Any]:
	wanted = {"module": MODULE, **field}
	return {key: value for key, value in wanted.items() if key in OURS} if exists else wanted


def remove_fields(fields: list[tuple[str, str]]) -> None:
	"""Delete these custom fields with their property setters and, other than Frappe itself, their columns."""
	for doctype, fieldname in fields:
		name = frappe.db.get_value("Custom Field", {"dt": doctype, "fieldname": fieldname})
		if name:
			frappe.delete_doc("Custom Field", name, force=True, delete_permanently=True)
		frappe.db.delete("Property Setter", {"doc_type": doctype, "field_name": fieldname})
		_drop_column(doctype, fieldname)


def our_fields() -> Iterator[tuple[str, str]]:
	"""(DocType, fieldname) of our fields, as shipped now and by earlier versions. Never an admin's own, whatever its module."""
	now = {(doctype, field["fieldname"]) for doctype, rows in CUSTOM_FIELDS.items() for field in rows}
	yield from sorted(now | FORMER_FIELDS)


def _drop_column(doctype: str, fieldname: str) -> None:
	if not frappe.db.table_exists(doctype) or not frappe.db.has_column(doctype, fieldname):
		return
	if frappe.db.exists("DocField", {"parent": doctype, "fieldname": fieldname}):
		return  # the DocType has a field of that name itself by now, so the column stays
	# the query builder has no DROP COLUMN; both names come from our own files
	frappe.db.sql_ddl(f"ALTER TABLE `tab{doctype}` DROP COLUMN `{fieldname}`")
	frappe.clear_cache(doctype=doctype)
