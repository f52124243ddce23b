"""Frappe's tasks (ToDo) on documents of ours: everybody with a login may write one that names any document.

A task adds a comment to the document it names and stands in its list of people, and what we answer to it tells who works there.
So whoever names a document of ours in a task must be allowed to see it, as in a link field of our own.
"""

from __future__ import annotations

import frappe
from frappe.model.document import Document

from support_service.permissions import named_links
from support_service.permissions.named_links import Named

OVER = ("Closed", "Cancelled")
NAMES = ("reference_type", "reference_name", "allocated_to")


def has_permission(doc: Document, ptype: str | None = None, user: str | None = None) -> None:
	"""Hook `has_permission` of ToDo: None, or HiddenLinkError; like that of `named_links` before Frappe looks what is there.

	What Frappe's Assign To and Assignment Rules write comes with `ignore_permissions`; the former has asked itself.
	"""
	if ptype not in named_links.WRITES or not doc.reference_name or _puts_nothing_new(doc):
		return
	kind, name = doc.reference_type, doc.reference_name
	if not frappe.db.exists("DocType", kind, cache=True) or not named_links.is_ours(kind):
		return
	if not named_links.may_see(kind, name, user or frappe.session.user):
		named_links.refuse(Named(doc.doctype, "reference_name", kind, name))


def _puts_nothing_new(todo: Document) -> bool:
	"""A stored task for the same person on the same document, which is not opened again."""
	stored = None
	if todo.name and not todo.is_new():
		stored = frappe.db.get_value(todo.doctype, todo.name, [*NAMES, "status"], as_dict=True)
	if not stored or any((stored[name] or None) != (todo.get(name) or None) for name in NAMES):
		return False
	return stored.status not in OVER or todo.status in OVER
