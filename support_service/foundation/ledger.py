"""What every append-only ledger of the app shares."""

import frappe
from frappe import _
from frappe.model.document import Document


class LedgerIsAppendOnlyError(frappe.ValidationError):
	"""Ledger rows are written once by their one writer."""


class LedgerRow(Document):
	"""A row written once by its one writer (which sets `flags.from_ledger_writer`), never changed, never deleted.

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
