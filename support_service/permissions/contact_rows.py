"""A row of a Contact that is saved on its own needs the right to write that very Contact.

Frappe asks only for the right to *some* Contact, which everybody with a login has: by REST they would put their address, or
a link to another customer, into a Contact that staff made.
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document

CONTACT = "Contact"


def validate(doc: Document, method: str | None = None) -> None:
	"""Hook `validate` and `on_trash` of the Contact's child tables; not called for rows that are saved with their Contact."""
	if doc.flags.ignore_permissions:
		return
	stored = None if doc.is_new() else frappe.db.get_value(doc.doctype, doc.name, ["parenttype", "parent"])
	for doctype, name in {stored, (doc.parenttype, doc.parent)} - {None}:
		if doctype == CONTACT and not frappe.has_permission(CONTACT, "write", name):
			frappe.throw(
				_("You may not change this contact. Ask a colleague who may, or make one of your own."),
				frappe.PermissionError,
			)


on_trash = validate
