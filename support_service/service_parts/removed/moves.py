"""The steps of removed parts: every one goes through the table in `lifecycle.py`, moves the stock and is kept.

A step is a transaction of its own: the Bins it may touch are locked in sorted order, then the part, and on a deadlock the
whole is repeated. A step that was made already is found and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, now_datetime

from support_service.foundation import with_bins
from support_service.service_parts.removed import lifecycle, record, splitting, stock, undoing, vendor
from support_service.service_parts.removed.errors import StepIncompleteError, StepNotAllowedError
from support_service.service_parts.removed.lifecycle import BY_ACTION, Move, Owner, Stock
from support_service.service_parts.removed.record import DOCTYPE


def apply_move(
	name: str,
	action: str,
	*,
	reason: str | None = None,
	values: Mapping[str, Any] | None = None,
	by_app: bool = False,
) -> Document:
	"""Make one step of the removed part and return it.

	values: the step's `takes` fields, and `qty` where only some of several pieces make it; others are not looked at.
	by_app: the app acts for a user whose right to cause this was checked by the caller.

	:raises StepNotAllowedError: not from its status, or not by this user.
	:raises StepIncompleteError: something that the step needs is missing.
	"""
	move = BY_ACTION.get(action)
	if move is None:
		frappe.throw(_("There is no step called {0}.").format(action), StepNotAllowedError)
	work = partial(_make, name, move, reason, dict(values or {}), by_app)
	return _whole(name, work, moves_stock=bool(move.stock))


def undo(name: str) -> Document:
	"""Take back the last step: its stock documents are cancelled, the part is as it was before. Returns it."""
	return _whole(name, lambda: undoing.take_back(name))


def steps_for(part: Document) -> list[Move]:
	"""The steps that the session's user may make now."""
	roles, own = frappe.get_roles(), record.is_own(part)
	return [move for move in lifecycle.MOVES if _fits(part, move) and lifecycle.may_make(move, roles, own)]


def may_undo(part: Document) -> bool:
	"""Whether the session's user may take back the last step, and there is one to take back."""
	last = record.last_step(part)
	return bool(last) and last.action != lifecycle.BEGIN and undoing.may_take_back(part, last)


def _whole(name: str, work: Callable[[], Document], *, moves_stock: bool = True) -> Document:
	part = frappe.get_doc(DOCTYPE, name)
	places = stock.places(part) if moves_stock else set()
	return with_bins.run(part, places, lambda _locked, _latest: work())


def _make(name: str, move: Move, reason: str | None, values: dict[str, Any], by_app: bool) -> Document:
	part = record.locked(name)
	if _is_made(part, move, values):
		return part
	_check_allowed(part, move, by_app)
	_check_complete(part, move, reason, values)
	qty = flt(values.get("qty"))
	if move.part_of and qty and qty != flt(part.qty):
		splitting.split(part, qty)
	if move.action == "confirm_return":
		# it never lay in a warehouse of ours; the books take it in and send it back
		_step(part, BY_ACTION["receive"], reason, values)
		move = BY_ACTION["return_to_vendor"]
	_step(part, move, reason, values)
	record.store(part)
	return part


def _step(part: Document, move: Move, reason: str | None, values: Mapping[str, Any]) -> None:
	before = {field: part.get(field) for field in record.KEPT}
	for field in move.takes:
		if values.get(field):
			part.set(field, values[field])
	posted = _carry_out(part, move)
	if move.result:
		part.test_result = move.result
	if move.target:
		part.status = move.target
	record.add(part, move.action, before["status"], part.status, reason=reason, kept=before, **posted)


def _carry_out(part: Document, move: Move) -> dict[str, str | None]:
	"""What the step does beside the status; returns the documents it made, as columns of the history."""
	if move.action == "hand_in":
		part.handed_in_on = now_datetime()
	if move.action == "credit":
		vendor.take_credit(part)
	if not move.stock:
		return {}
	item, key = stock.item_of(part), f"{part.name}|{len(part.history) + 1}"
	if move.stock == Stock.SEND:
		return vendor.send(part, item, key)._asdict()
	if not stock.has_effect(part, item):
		return {}
	if move.stock == Stock.PUT_BACK and part.belongs_to == Owner.CUSTOMER:
		return {}
	effects = {
		Stock.RECEIVE: stock.receive,
		Stock.PUT_BACK: stock.put_back,
		Stock.SCRAP: stock.take_out,
		Stock.HAND_OVER: stock.hand_over,
	}
	return {"stock_entry": effects[move.stock](part, item, key)}


def _check_allowed(part: Document, move: Move, by_app: bool) -> None:
	if not by_app:
		part.check_permission("read")
		if not lifecycle.may_make(move, frappe.get_roles(), record.is_own(part)):
			frappe.throw(
				_("{0} is not a step of yours. Ask the store or the lead.").format(_(move.label)),
				frappe.PermissionError,
			)
	if not _fits(part, move):
		frappe.throw(
			_("{0} is {1}; {2} is not possible now. Reload to see what is.").format(
				part.name, _(part.status, context=DOCTYPE), _(move.label)
			),
			StepNotAllowedError,
		)


def _check_complete(part: Document, move: Move, reason: str | None, values: Mapping[str, Any]) -> None:
	if move.needs_reason and not (reason or "").strip():
		frappe.throw(_("{0}: please give a reason.").format(_(move.label)), StepIncompleteError)
	missing = [
		_(part.meta.get_label(field), context=DOCTYPE)
		for field in move.needs
		if not (values.get(field) or (field != "due_on" and part.get(field)))
	]
	if missing:
		frappe.throw(
			_("{0}: please fill in {1}.").format(_(move.label), ", ".join(missing)), StepIncompleteError
		)
	qty = flt(values.get("qty"))
	if qty < 0 or qty > flt(part.qty):
		frappe.throw(
			_("{0} is about {1} pieces. Enter at most as many.").format(part.name, f"{flt(part.qty):g}"),
			StepIncompleteError,
		)
	if qty and cint(frappe.get_cached_value("UOM", part.uom, "must_be_whole_number")) and qty != cint(qty):
		frappe.throw(_("{0} is counted in whole pieces.").format(part.item_code), StepIncompleteError)


def _is_made(part: Document, move: Move, values: Mapping[str, Any]) -> bool:
	"""Whether the step is the last one that was made: a double click, or a repeat because the answer got lost."""
	last = record.last_step(part)
	action = "return_to_vendor" if move.action == "confirm_return" else move.action
	if not last or last.action != action:
		return False
	return move.target is not None or all(
		str(part.get(field)) == str(values.get(field)) for field in move.takes
	)


def _fits(part: Document, move: Move) -> bool:
	return lifecycle.fits(
		move,
		status=part.status,
		result=part.test_result,
		goes=part.disposition,
		is_tool=bool(part.is_tool),
		owner=part.belongs_to,
	)
