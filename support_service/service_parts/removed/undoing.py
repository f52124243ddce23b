"""Taking back the last step of a removed part: its stock documents are cancelled, the part is as it was before."""

from __future__ import annotations

import json
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.foundation.settings import company_default
from support_service.service_parts.removed import lifecycle, record, splitting, stock
from support_service.service_parts.removed.errors import StepNotAllowedError
from support_service.service_parts.removed.lifecycle import BY_ACTION, Owner


def take_back(name: str) -> Document:
	"""Take back the last step that stands and return the part; the caller has locked the Bins."""
	part = record.locked(name)
	part.check_permission("read")
	last = record.last_step(part)
	if not last or last.action in (lifecycle.BEGIN, lifecycle.CANCEL):
		frappe.throw(
			_("{0} has made no step yet. To take it back altogether, cancel the visit {1}.").format(
				part.name, part.engineer_visit
			),
			StepNotAllowedError,
		)
	if not may_take_back(part, last):
		frappe.throw(_("Only the store or a lead takes this step back."), frappe.PermissionError)
	if last.action == lifecycle.SPLIT:
		return splitting.merge(part)
	documents = [(doctype, last.get(column)) for column, doctype in record.POSTED.items() if last.get(column)]
	_give_back(part, last, ", ".join(name for _doctype, name in documents))
	# the part is stored first: ERPNext, which looks for what still names the document, must not find it
	record.store(part)
	for doctype, document in documents:
		stock.cancel(doctype, document)
	if documents and part.belongs_to == Owner.CUSTOMER and not part.warehouse:
		stock.is_with_customer(part)
	return part


def may_take_back(part: Document, last: Any) -> bool:
	"""Whether the session's user may undo the step: a lead, or whoever may make it."""
	roles = frappe.get_roles()
	move = BY_ACTION.get(last.action)
	return bool({*roles}.intersection(lifecycle.LEADERS)) or (
		lifecycle.may_make(move, roles, record.is_own(part))
		if move
		else bool({*roles}.intersection(lifecycle.UNDOERS))
	)


def _give_back(part: Document, row: Any, cancelled: str | None = None) -> None:
	"""Set the part's columns to what they were before the step of `row`, and say so in the history, with what is cancelled."""
	was = part.status
	for field, value in json.loads(row.before or "{}").items():
		part.set(field, value if _is_there(part, field, value) else _instead(part, field))
	row.undone = 1
	record.add(part, lifecycle.UNDO, was, part.status, undone=1, reason=cancelled)


def _is_there(part: Document, fieldname: str, value: Any) -> bool:
	"""Whether what a link named before the step is still called so."""
	df = part.meta.get_field(fieldname)
	if not value or df.fieldtype not in ("Link", "Dynamic Link"):
		return True
	doctype = df.options if df.fieldtype == "Link" else part.get(df.options)
	return bool(frappe.db.exists(doctype, value))


def _instead(part: Document, fieldname: str) -> str | None:
	"""What takes the place of a document that was renamed or deleted since."""
	if fieldname == "warehouse":
		return company_default(part.company).get("defective_warehouse")
	return part.get(fieldname)


def undone_by_hand(part: Document, row: Any, document: str) -> None:
	"""Somebody has cancelled the document of the part's last step in ERPNext: the part is as it was before that step."""
	_give_back(part, row, document)
	record.store(part)
