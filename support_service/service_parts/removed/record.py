"""Removed parts as they are stored: the one writer of their rows and history, and what the history says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, now_datetime

from support_service.foundation import locks
from support_service.service_parts import lateness
from support_service.service_parts.removed import lifecycle
from support_service.service_parts.removed.lifecycle import BY_ACTION, Status

DOCTYPE = "Removed Part"
# what steps change, and undoing them gives back
KEPT = (
	"status",
	"test_result",
	"belongs_to",
	"serial_no",
	"batch_no",
	"due_on",
	"handed_in_on",
	"warehouse",
	"value_rate",
	"supplier",
	"purchase_doctype",
	"purchase_name",
	"purchase_return",
	"vendor_reference",
	"sent_on",
	"credit_due_on",
	"credit_currency",
	"credit_expected",
	"credit_received",
	"debit_note",
)
# where a part may stand when nothing has come back and nothing has moved stock
UNTOUCHED = (Status.DUE, Status.WAIVED, *lifecycle.FIRST_STATUS.values())
# column of the history → the DocType of the documents that a step made
POSTED = {
	"stock_entry": "Stock Entry",
	"purchase_return": "Purchase Receipt",
	"debit_note": "Purchase Invoice",
}


def last_step(part: Document) -> Any:
	"""The newest step that stands; None where all were undone."""
	return next((row for row in reversed(part.history) if not row.undone), None)


def locked(name: str) -> Document:
	"""The part as it is now, locked until the transaction ends."""
	return locks.get_doc(DOCTYPE, name)


def begin(part: Document, *, split_off: bool = False) -> None:
	"""Insert a new part with the beginning of its history. split_off: it was split off another one."""
	add(part, lifecycle.BEGIN, "", part.status)
	if split_off:
		add(part, lifecycle.SPLIT, part.status, part.status)
	part.flags.by_its_writer = True
	# made by submitting a visit, or by a step of somebody who may make it; what it links to was read a moment ago
	part.insert(ignore_permissions=True, ignore_links=True)


def end(part: Document, reason: str) -> None:
	"""Cancel a part that has moved no stock, as its visit is cancelled or it is merged into another one."""
	before = part.status
	part.status = Status.CANCELLED
	add(part, lifecycle.CANCEL, before, part.status, reason=reason)
	store(part)


def add(
	part: Document, action: str, before: str, after: str, kept: dict[str, Any] | None = None, **values: Any
) -> None:
	"""Append a row to the history. kept: what the columns of the part were, to undo it; values: other columns of the row."""
	part.append(
		"history",
		{
			"action": action,
			"from_status": before,
			"to_status": after,
			"qty": part.qty,
			"made_by": frappe.session.user,
			"made_on": now_datetime(),
			"before": frappe.as_json(kept) if kept else None,
			**values,
		},
	)


def store(part: Document) -> None:
	"""Save what a step, or its undoing, has changed."""
	part.flags.by_its_writer = True
	# no role may write a removed part: who may make the step was checked above
	part.save(ignore_permissions=True)


def names_of_visit(visit: str) -> list[str]:
	"""The removed parts of a visit that are not cancelled, in the order in which they are locked."""
	filters = {"engineer_visit": visit, "status": ("!=", Status.CANCELLED)}
	return frappe.get_all(DOCTYPE, filters=filters, order_by="name", pluck="name")


def may_be_cancelled(part: Document) -> bool:
	"""Whether nothing has happened to the part since the visit, except perhaps a waived return or a handing in."""
	harmless = (lifecycle.BEGIN, lifecycle.SPLIT, "waive", "hand_in", "change_due_date")
	return part.status in UNTOUCHED and all(row.undone or row.action in harmless for row in part.history)


def days_late(part: Document, today: Any) -> int:
	"""How many days late a part that is still due is."""
	if part.status != Status.DUE or not part.due_on:
		return 0
	return lateness.days_late(getdate(part.due_on), getdate(today))


def labels(actions: Iterable[str]) -> dict[str, str]:
	"""Action → what it is called."""
	own = {
		lifecycle.BEGIN: _("Removed at the Visit"),
		lifecycle.SPLIT: _("Split", context="Removed Part"),
		lifecycle.UNDO: _("Undone"),
		lifecycle.CANCEL: _("Cancelled", context="Removed Part"),
	}
	return {action: own[action] if action in own else _(BY_ACTION[action].label) for action in actions}


def is_own(part: Document) -> bool:
	"""Whether the part comes from a visit of the session's user."""
	return part.engineer_user == frappe.session.user
