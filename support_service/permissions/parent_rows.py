"""The class of our child tables' rows: a row on its own is read by whoever may read its document, and changed by nobody.

Frappe asks, for a row that is loaded on its own, only for the right to *some* document of the parent's DocType. Lists of rows
are narrowed in `documents/child_rows.py` and `user_permissions.py`.
"""

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.renamed import names_of_last_release


class RowAloneError(frappe.ValidationError):
	"""A row is changed without the document it belongs to."""


class ParentRow(Document):
	"""A child row that only whoever may read its parent may read on its own, and that is changed with its parent only.

	REST lets a row be inserted, saved or deleted by itself, past everything its document checks. When a document is saved,
	Frappe does not call these methods for its rows.
	"""

	def validate(self):
		self.refuse_alone()

	def on_trash(self):
		self.refuse_alone()

	def refuse_alone(self):
		if not self.flags.ignore_permissions:
			frappe.throw(
				_("Change this row in {0} {1}, which it belongs to.").format(_(self.parenttype), self.parent),
				RowAloneError,
			)

	def has_permission(self, permtype="read", *, debug=False, user=None):
		if not self.parent_doc and self.parent and not self.flags.ignore_permissions:
			return frappe.has_permission(self.parenttype, permtype, self.parent, user=user, debug=debug)
		return super().has_permission(permtype, debug=debug, user=user)


__getattr__ = names_of_last_release(__name__)
