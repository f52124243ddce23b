"""Who may name a document of ours in a task (ToDo), which everybody with a login may write about any document.

A task adds a comment to the document it names and its person to the document's assignees, and how we answer it gives away who
works there. So whoever names a document of ours in a task must be allowed to see it, as in a link field of our own.
"""

from __future__ import annotations

import frappe
from frappe.model.document import Document

from support_service.foundation.own import is_ours
from support_service.foundation.platform import NO_OBJECTION
from support_service.permissions import named_links
from support_service.permissions.named_links import Named

OVER = ("Closed", "Cancelled")
NAMES = ("reference_type", "reference_name", "allocated_to")


def has_permission(doc: Document, ptype: str | None = None, user: str | None = None) -> bool | None:
	"""Hook `has_permission` of ToDo: NO_OBJECTION, or HiddenLinkError, before Frappe looks whether the document exists.

	Tasks of Frappe's Assign To and Assignment Rules are saved with `ignore_permissions`; Assign To has checked by itself.
	"""
	if ptype not in named_links.WRITES or not doc.reference_name or _changes_nothing(doc):
		return NO_OBJECTION
	kind, name = doc.reference_type, doc.reference_name
	if is_ours(kind) and not named_links.may_see(kind, name, user or frappe.session.user):
		named_links.refuse(Named(doc.doctype, "reference_name", kind, name))
	return NO_OBJECTION


def _changes_nothing(todo: Document) -> bool:
	"""Whether the stored task is for the same person on the same document already, and is not opened again."""
	stored = None
	if todo.name and not todo.is_new():
		stored = frappe.db.get_value(todo.doctype, todo.name, [*NAMES, "status"], as_dict=True)
	if not stored or any((stored[name] or None) != (todo.get(name) or None) for name in NAMES):
		return False
	return stored.status not in OVER or todo.status in OVER
