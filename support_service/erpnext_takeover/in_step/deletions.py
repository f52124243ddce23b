"""Lets ERPNext's records be deleted after they were taken over."""

from __future__ import annotations

import frappe
from frappe.model.document import Document

from support_service.foundation.names.keys import key_of
from support_service.support_service.past_cases import history

CONTRACT = "Service Contract"


def on_trash(doc: Document, method: str | None = None) -> None:
	"""Take the link to a deleted record off the request or contract it became, so that Frappe allows the deletion."""
	if doc.doctype != "Maintenance Schedule":
		history.let_go(doc.doctype, doc.name)
		return
	frappe.db.set_value(
		CONTRACT,
		{"source_key": key_of(doc.doctype, doc.name)},
		{"source_doctype": None, "source_name": None},
		update_modified=False,
	)
