"""Records from before the app came, taken in by Data Import or REST: the mark `imported`, and who may set it.

What is marked skips rules that hold for everything new, so the mark is settled first and once: whoever reads it afterwards
reads 0 or 1, however a client wrote it.
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint


def recognise(doc: Document, *, by_file: bool) -> bool:
	"""Settle the mark of a new `doc`; whether it carries one. Raises frappe.PermissionError without the right to import.

	by_file: it is a row of a Data Import, which need not carry the mark itself.
	"""
	doc.imported = int(bool(cint(doc.imported) or (by_file and frappe.flags.in_import)))
	if doc.imported and not (doc.flags.ignore_permissions or frappe.has_permission(doc.doctype, "import")):
		frappe.throw(
			_("You may not take in records from before. Ask somebody who may import {0}.").format(
				_(doc.doctype)
			),
			frappe.PermissionError,
		)
	return bool(doc.imported)
