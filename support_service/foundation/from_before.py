"""Documents from before the app was installed, created by Data Import or REST: the field `imported`, and who may set it.

Such a document skips rules that hold for new ones, so the field is settled once, before anything else reads it: afterwards it
is 0 or 1, however a client wrote it.
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint


def settle_mark(doc: Document, *, by_file: bool) -> bool:
	"""Set `imported` of a new `doc` to 0 or 1 and return whether it is 1. Raises frappe.PermissionError without the right to import.

	by_file: every row of a Data Import counts as imported, without the field being filled.
	"""
	doc.imported = int(bool(cint(doc.imported) or (by_file and frappe.flags.in_import)))
	if doc.imported and not (doc.flags.ignore_permissions or frappe.has_permission(doc.doctype, "import")):
		frappe.throw(
			_(
				"You may not import records from before this app was installed. Ask somebody with the right to import {0}."
			).format(_(doc.doctype)),
			frappe.PermissionError,
		)
	return bool(doc.imported)
