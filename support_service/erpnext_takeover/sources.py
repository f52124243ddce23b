"""ERPNext's records after they were taken over: theirs to change and to delete."""

from __future__ import annotations

import frappe
from frappe.model.document import Document

from support_service.foundation.names.keys import key_of
from support_service.support_service.past_cases import history

CONTRACT = "Service Contract"


def on_trash(doc: Document, method: str | None = None) -> None:
	"""Listens to the deletion of what became a request or a contract: our link is no reason to refuse it."""
	if doc.doctype != "Maintenance Schedule":
		history.let_go(doc.doctype, doc.name)
		return
	frappe.db.set_value(
		CONTRACT,
		{"source_key": key_of(doc.doctype, doc.name)},
		{"source_doctype": None, "source_name": None},
		update_modified=False,
	)
