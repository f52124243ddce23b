"""For Frappe's own test runner: which test records it must not make for our DocTypes."""

from __future__ import annotations

import frappe


def linked_by(doctype: str) -> list[str]:
	"""All DocTypes that `doctype` and its tables link to, for `test_ignore` in its test module.

	Before it runs the tests of a DocType, the runner makes test records of every DocType linked from there, on and on. A
	DocType of ours that an ERPNext DocType links to (constants/custom_fields.py) would thereby change which of ERPNext's
	test records are made, and in which order; with this list the chain ends at our DocType.
	"""
	meta = frappe.get_meta(doctype)
	fields = list(meta.get_link_fields())
	for table in meta.get_table_fields():
		fields += frappe.get_meta(table.options).get_link_fields()
	return sorted({field.options for field in fields})
