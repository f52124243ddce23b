"""What all append-only ledgers of the app share: the class of their rows and the function that writes one."""

from collections.abc import Sequence
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.foundation import rows


class LedgerIsAppendOnlyError(frappe.ValidationError):
	"""A ledger row was written past its one writer, changed or deleted."""


class LedgerRow(Document):
	"""Base class of ledger DocTypes: rows are appended by one writer (with `append`), never changed, never deleted.

	A client cannot pretend to be that writer: client JSON cannot set `flags`: it is one of Frappe's reserved names.
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

	how: as for `Document.insert`. Permissions are ignored, as no role may create ledger rows: the writer's caller has checked
	that the user may do what the row tells. Links are not looked up: the writer fills them with documents it has just read.
	"""
	row.flags.from_ledger_writer = True
	row.flags.notify_update = False  # nobody has a row open that was not there before
	rows.note_linked(row.doctype, [row])  # Frappe does it where it looks links up
	# nobody has the right to create rows by hand
	return row.insert(ignore_permissions=True, ignore_links=True, **how)


def append_computed(new: Sequence[Document]) -> None:
	"""Append several rows of one ledger in one statement; to be called by its one writer, as `append`.

	Nobody has typed anything in them: the writer has computed every column or read it from stored documents, so that Frappe's
	checks of what people type are left out. The events of an insert run: `before_insert` and `validate` before, `after_insert`
	and `on_update` for each row when all are stored.
	"""
	for row in new:
		row.flags.from_ledger_writer = True
		row.set("__islocal", True)
		row.set_new_name()
		row.run_method("before_insert")
		row.run_method("validate")
	rows.insert_documents(new)
	for row in new:
		row.run_method("after_insert")
		row.run_method("on_update")
