"""What every append-only ledger of the app shares."""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document


class LedgerIsAppendOnlyError(frappe.ValidationError):
	"""Ledger rows are written once by their one writer."""


class LedgerRow(Document):
	"""A row written once by its one writer (with `append`), never changed, never deleted.

	Client JSON cannot set `flags`: it is one of Frappe's reserved names.
	"""

	def before_insert(self):
		if not self.flags.from_ledger_writer:
			frappe.throw(
				_("{0} rows are written by the app itself. Use the buttons on the request or visit.").format(
					_(self.doctype)
				),
				LedgerIsAppendOnlyError,
			)

	def validate(self):
		if not self.is_new():
			frappe.throw(_("{0} rows cannot be changed.").format(_(self.doctype)), LedgerIsAppendOnlyError)

	def on_trash(self):
		if frappe.flags.in_uninstall:
			return
		frappe.throw(_("{0} rows cannot be deleted.").format(_(self.doctype)), LedgerIsAppendOnlyError)


def append(row: Document, **how: Any) -> Document:
	"""Insert `row` of a ledger; to be called by the one writer of that ledger, which has checked what led to it.

	how: as for `Document.insert`. Nobody has the right to create rows of a ledger: who may take the step causes its row.
	"""
	row.flags.from_ledger_writer = True
	return row.insert(ignore_permissions=True, **how)
