"""Whitelisted functions of vans: the count on the phone, hand-over, stock lists, replenishment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from support_service.foundation import locks, transactions
from support_service.permissions import named_links
from support_service.service_parts import codes
from support_service.service_parts.vans import (
	count_view,
	counts,
	entered,
	handovers,
	reconciliations,
	replenishment,
	rights,
	stock_lists,
)
from support_service.service_parts.vans.errors import VanCountError


@frappe.whitelist()
def my_vans() -> list[dict[str, Any]]:
	"""The vans that the caller may count, with the open and the last count of each; empty for everybody else."""
	frappe.has_permission(counts.COUNT, "read", throw=True)
	return count_view.vans()


@frappe.whitelist(methods=["POST"])
def begin_count(engineer: str) -> dict[str, Any]:
	"""Begin the count of the engineer's van, or go on with the one that is open. Returns as `count_of`."""
	count = counts.begin(rights.require_engineer(engineer))
	return count_view.of(count)


@frappe.whitelist()
def count_of(count: str) -> dict[str, Any]:
	"""A count as its page shows it; expected quantities only where they are not hidden, or when it is over."""
	frappe.has_permission(counts.COUNT, "read", count, throw=True)
	return count_view.of(frappe.get_doc(counts.COUNT, count))


@frappe.whitelist(methods=["POST"])
def enter(
	count: str,
	item_code: str,
	found: float | None = None,
	serials: str | list[str] | None = None,
	batch_no: str | None = None,
) -> dict[str, Any]:
	"""Store what was found of an item or batch; for numbered items all `serials` found, one per line. Returns its row."""
	_count(count)
	named_links.require("Item", item_code, _("Item"))
	named_links.require("Batch", batch_no, _("Batch"))
	doc = counts.open_for_change(count)
	numbers = serials if isinstance(serials, list) else entered.lines(serials)
	row = counts.enter(doc, item_code, flt(found), numbers, batch_no)
	return count_view.row_of(doc, row)


@frappe.whitelist(methods=["POST"])
def scan(count: str, code: str) -> dict[str, Any]:
	"""Count one more piece of what `code` is on: a serial number, a batch, a barcode or an item. Returns its row."""
	doc = _open_count(count)
	scanned = codes.look_up(code)
	if not scanned or not named_links.may_see("Item", scanned.item_code):
		frappe.throw(
			_("Nothing is known under {0}. Choose the item by hand.").format(frappe.utils.escape_html(code)),
			VanCountError,
		)
	row = counts.row_of(doc, scanned.item_code, None if scanned.serial_no else scanned.batch_no)
	if row.tracking == "Serial":
		if not scanned.serial_no:
			frappe.throw(
				_("{0} has serial numbers. Scan the number on each piece.").format(scanned.item_code),
				VanCountError,
			)
		numbers = [*entered.lines(row.found_serials), scanned.serial_no]
		row = counts.enter(doc, row.item_code, 0, numbers)
	else:
		before = flt(row.found) if row.counted else 0.0
		row = counts.enter(doc, row.item_code, before + scanned.pieces, (), row.batch_no)
	return count_view.row_of(doc, row)


@frappe.whitelist(methods=["POST"])
def finish_count(count: str) -> dict[str, Any]:
	"""Close a count and make the draft for the store. `moved`: rows to count again, as their stock moved meanwhile.

	Finishing again what is finished changes nothing. Returns as `count_of`.
	"""
	return transactions.run(_count(count), lambda: _finish(count))


def _finish(count: str) -> dict[str, Any]:
	doc = _count(count, lock=True)
	moved: list[Any] = []
	if doc.status == "Open":
		moved = counts.finish(doc, frappe.session.user)
		if doc.status == "Counted":
			reconciliations.draft(doc)
		handovers.follow_count(doc)
	return {**count_view.of(doc), "moved": [row.item_code for row in moved]}


@frappe.whitelist(methods=["POST"])
def draft_again(count: str) -> dict[str, Any]:
	"""Make another draft for the store, where the last one was deleted or cancelled. Returns as `count_of`."""
	doc = _count(count, lock=True)
	if doc.status != "Counted":
		frappe.throw(_("Only a count that is not posted yet can have a draft."), VanCountError)
	reconciliations.draft(doc)
	return count_view.of(doc)


@frappe.whitelist(methods=["POST"])
def discard_count(count: str, reason: str) -> dict[str, Any]:
	"""Give a count up, with the reason; its draft is deleted. What was counted is the lead's to discard. As `count_of`."""
	return transactions.run(_count(count), lambda: _discard(count, reason))


def _discard(count: str, reason: str) -> dict[str, Any]:
	doc = _count(count, lock=True)
	if doc.status != "Open":
		rights.require_lead(doc.team)
	reconciliations.delete_draft(doc)
	counts.discard(doc, reason)
	handovers.follow_count(doc)
	return count_view.of(doc)


@frappe.whitelist(methods=["POST"])
def confirm_handover(handover: str, side: str, reason: str | None = None) -> dict[str, Any]:
	"""Confirm one side ("from" or "to"), for oneself, or as the lead in somebody's place with a reason. Returns the status."""

	def confirm(doc: Document) -> None:
		handovers.confirm(doc, side, reason)

	doc = _change(handover, confirm)
	return {"status": doc.status, "handed_over_at": doc.handed_over_at}


@frappe.whitelist(methods=["POST"])
def undo_handover(handover: str, reason: str) -> dict[str, Any]:
	"""Give the vans back, as long as nothing else has happened to them. Returns the status."""

	def undo(doc: Document) -> None:
		rights.require_lead(doc.from_team, doc.to_team)
		handovers.undo(doc, reason)

	return {"status": _change(handover, undo).status}


@frappe.whitelist(methods=["POST"])
def cancel_handover(handover: str, reason: str) -> dict[str, Any]:
	"""Give a hand-over up before it has happened; counts that are still open end with it. Returns the status."""

	def cancel(doc: Document) -> None:
		rights.require_lead(doc.from_team, doc.to_team)
		handovers.cancel(doc, reason)

	return {"status": _change(handover, cancel).status}


@frappe.whitelist(methods=["POST"])
def apply_stock_list(stock_list: str, engineers: str | list[str]) -> dict[str, Any]:
	"""Set the reorder levels of the engineers' vans from a stock list. Returns `vans` and `levels`, how many were set."""
	frappe.has_permission("Van Stock List", "write", stock_list, throw=True)
	chosen = [_led_engineer(name) for name in frappe.parse_json(engineers) or []]
	return stock_lists.apply(stock_list, chosen)


@frappe.whitelist(methods=["POST"])
def request_for_vans(rows: str | list[dict[str, Any]]) -> dict[str, Any]:
	"""Request what vans lack, one Material Request per van: `rows` with `warehouse` and `item_code`, quantities as they are now.

	Pressing again requests nothing that is on its way. Returns `requests` (names) and `nothing_for` (vans).
	"""
	wanted: dict[str, set[str]] = {}
	for row in frappe.parse_json(rows) or []:
		wanted.setdefault(str(row["warehouse"]), set()).add(str(row["item_code"]))
	vans = {engineer.van_warehouse: engineer for engineer in rights.seen_engineers()}
	if not wanted or not wanted.keys() <= vans.keys():
		frappe.throw(
			_("You may request parts for your own van, and for the vans of the teams you lead."),
			frappe.PermissionError,
		)
	return replenishment.request({van: (vans[van], items) for van, items in wanted.items()})


def _led_engineer(name: str) -> Document:
	engineer = rights.require_engineer(name)
	rights.require_lead(engineer.team)
	return engineer


def _count(name: str, *, lock: bool = False) -> Document:
	"""The count, which the caller may work on: the engineer's own, or one of a team they lead."""
	frappe.has_permission(counts.COUNT, "read", name, throw=True)
	doc = locks.get_doc(counts.COUNT, name) if lock else frappe.get_doc(counts.COUNT, name)
	if doc.engineer_user != frappe.session.user and not rights.leads(doc.team):
		frappe.throw(
			_("You may count your own van, and the vans of the teams you lead."), frappe.PermissionError
		)
	return doc


def _open_count(name: str) -> Document:
	_count(name)
	return counts.open_for_change(name)


def _change(name: str, change: Callable[[Document], None]) -> Document:
	"""Lock a hand-over and change it; a count locks in the other order, so it is repeated after a deadlock."""
	frappe.has_permission("Van Handover", "read", name, throw=True)

	def work() -> Document:
		doc = locks.get_doc("Van Handover", name)
		change(doc)
		return doc

	return transactions.run(frappe.get_doc("Van Handover", name), work)
