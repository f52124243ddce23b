"""The one writer of Van Counts: begin, enter what was found, finish, discard.

A count is a session of one van. What the books say when it begins is what it expects; it keeps that for good. An item that moves
in the books while somebody counts is counted again. Finishing makes a draft of ERPNext's Stock Reconciliation
(`reconciliations.py`), which the store submits.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, escape_html, flt, now_datetime

from support_service.foundation import locks
from support_service.service_parts.vans import books, count_rules, entered, written
from support_service.service_parts.vans.count_rules import State
from support_service.service_parts.vans.errors import VanCountError

COUNT = "Van Count"
SETTINGS = "Support Service Settings"


def begin(engineer: Any, *, handover: str | None = None, warehouse: str | None = None) -> Document:
	"""The open count of the engineer's van, begun now where there is none. The caller has checked who asks."""
	van = warehouse or engineer.van_warehouse
	if not van:
		frappe.throw(
			_("{0} has no van. Choose a van warehouse on the Service Engineer first.").format(
				engineer.engineer_name
			),
			VanCountError,
		)
	# two phones that begin at once: one waits here, and finds the other's count
	locks.get_value("Warehouse", van, "name")
	if open_count := locks.get_value(COUNT, {"open_key": van}, "name"):
		return _adopted(locks.get_doc(COUNT, open_count), engineer, handover)
	count = frappe.new_doc(COUNT)
	count.update(
		{
			"engineer": engineer.name,
			"engineer_user": engineer.user,
			"team": engineer.team,
			"warehouse": van,
			"company": frappe.get_cached_value("Warehouse", van, "company"),
			"status": State.OPEN,
			"started_at": now_datetime(),
			"hides_expected": cint(frappe.get_cached_doc(SETTINGS).hide_expected_in_counts),
			"van_handover": handover,
			"open_key": van,
		}
	)
	for one in books.held(van).values():
		_append(count, one)
	return _save(count)


def open_for_change(name: str) -> Document:
	"""The count, locked; it must be open."""
	count = locks.get_doc(COUNT, name)
	_require_state(count, State.OPEN)
	return count


def enter(
	count: Document, item_code: str, found: float, serials: Collection[str], batch_no: str | None = None
) -> Any:
	"""Store what was found of one item, or of one batch of it, and return its row. Entering again replaces it.

	found: pieces in the stock unit; of numbered items the number of `serials`, whatever was given.
	"""
	row = row_of(count, item_code, batch_no)
	if row.tracking == books.SERIAL:
		numbers = entered.serials(item_code, serials)
		row.found_serials, row.found = "\n".join(numbers), len(numbers)
	else:
		row.found = entered.quantity(row, found)
	row.counted = 1
	_compare(count, row)
	_save(count)
	return row


def row_of(count: Document, item_code: str, batch_no: str | None = None) -> Any:
	"""The row of the item and batch; one that the books do not expect in this van is added."""
	batch_no = batch_no or None
	for row in count.rows:
		if row.item_code == item_code and (row.batch_no or None) == batch_no:
			return row
	item = books.item_facts(item_code)
	if not item or not item.is_stock_item or item.has_variants:
		frappe.throw(
			_("{0} is no item that is kept in stock. Check the label.").format(escape_html(str(item_code))),
			VanCountError,
		)
	tracking = books.tracking_of(item)
	if tracking == books.BATCH and not batch_no:
		frappe.throw(
			_("{0} is kept in batches. Scan or choose the batch that is printed on it.").format(item_code),
			VanCountError,
		)
	if batch_no and (tracking != books.BATCH or frappe.db.get_value("Batch", batch_no, "item") != item_code):
		frappe.throw(
			_("{0} is no batch of {1}. Check the label.").format(escape_html(str(batch_no)), item_code),
			VanCountError,
		)
	rate = books.rate_of(item_code, count.warehouse, count.company)
	return _append(count, books.Held(item_code, batch_no, tracking, item.stock_uom, 0, rate))


def finish(count: Document, user: str) -> list[Any]:
	"""Close the count. Returns rows that moved in the books meanwhile and must be counted again: then it stays open."""
	moved = _expect_anew(count)
	if moved:
		_save(count)
		return moved
	if missing := [row for row in count.rows if not row.counted]:
		frappe.throw(
			_("{0} items are not counted yet, the first is {1}. Enter 0 for what is not there.").format(
				len(missing), missing[0].item_code
			),
			VanCountError,
		)
	count.counted_at, count.counted_by = now_datetime(), user
	count.differences = sum(1 for row in count.rows if is_different(row))
	count.difference_value = sum(flt(row.difference_value) for row in count.rows)
	to_post = any(is_posted(row) for row in count.rows)
	_go(count, State.COUNTED if to_post or count.differences else State.NO_DIFFERENCE)
	return []


def discard(count: Document, reason: str) -> None:
	"""Give the count up; nothing will be posted. Its draft for the store must be deleted by the caller."""
	if not (reason or "").strip():
		frappe.throw(_("Say why the count is discarded."), VanCountError)
	count.discard_reason, count.stock_reconciliation = reason.strip(), None
	_go(count, State.DISCARDED)


def go_on(count: Document) -> None:
	"""Save a count whose state stays."""
	_save(count)


def go(count: Document, state: State, **values: Any) -> None:
	"""Change the state of a count, with `values`; for the Stock Reconciliation that follows from it."""
	count.update(values)
	_go(count, state)


def is_different(row: Any) -> bool:
	"""Whether something else was found than the books say; a stranger among the numbers counts, too."""
	return count_rules.differs(flt(row.difference), 0) or set(entered.lines(row.found_serials)) != set(
		entered.lines(row.expected_serials)
	)


def is_posted(row: Any) -> bool:
	"""Whether the row goes into the Stock Reconciliation: of numbered items only what is missing, never a stranger."""
	if row.tracking != books.SERIAL:
		return count_rules.differs(flt(row.found), flt(row.expected))
	found = count_rules.compare(entered.lines(row.expected_serials), entered.lines(row.found_serials))
	return bool(found.missing)


def _adopted(count: Document, engineer: Any, handover: str | None) -> Document:
	"""A count that was begun already: of this engineer, else it must be over first. It serves a hand-over as well."""
	if count.engineer != engineer.name:
		frappe.throw(
			_(
				"{0} is still being counted as the van of {1}, in {2}. Have the lead finish or discard that."
			).format(
				count.warehouse,
				frappe.get_cached_value("Service Engineer", count.engineer, "engineer_name"),
				count.name,
			),
			VanCountError,
		)
	if handover and count.van_handover != handover:
		count.van_handover = handover
		_save(count)
	return count


def _append(count: Document, one: books.Held) -> Any:
	return count.append(
		"rows",
		{
			"item_code": one.item_code,
			"batch_no": one.batch_no,
			"tracking": one.tracking,
			"uom": one.uom,
			"expected": one.qty,
			"expected_serials": "\n".join(one.serials),
			"valuation_rate": one.rate,
		},
	)


def _expect_anew(count: Document) -> list[Any]:
	"""Rows whose stock moved since the count began: they expect what the books say now, and are not counted any more."""
	now = books.held(count.warehouse)
	moved = []
	for row in count.rows:
		one = now.pop((row.item_code, row.batch_no or None), None)
		qty, serials = (one.qty, one.serials) if one else (0, ())
		if not count_rules.differs(qty, flt(row.expected)) and set(serials) == set(
			entered.lines(row.expected_serials)
		):
			continue
		row.update({"expected": qty, "expected_serials": "\n".join(serials), "counted": 0})
		row.update({"found": 0, "found_serials": "", "difference": 0, "difference_value": 0, "note": ""})
		moved.append(row)
	return [*moved, *(_append(count, one) for one in now.values())]


def _compare(count: Document, row: Any) -> None:
	row.difference = flt(flt(row.found) - flt(row.expected), 9)
	value = row.difference * flt(row.valuation_rate)
	row.difference_value = flt(value, row.precision("difference_value"))
	row.note = ""
	if row.tracking == books.SERIAL:
		found = count_rules.compare(entered.lines(row.expected_serials), entered.lines(row.found_serials))
		row.note = "\n".join(_stranger(serial, count.warehouse) for serial in sorted(found.strangers))


def _stranger(serial: str, van: str) -> str:
	"""What to do about a piece that the books have elsewhere: a count takes nothing into stock that is nobody's loss."""
	place = frappe.db.get_value("Serial No", serial, "warehouse")
	if place:
		return _("{0} is in {1} by the books. Have it transferred to {2}.").format(serial, place, van)
	return _("{0} is in no warehouse by the books. Have it received with a Stock Entry.").format(serial)


def _require_state(count: Document, state: State) -> None:
	if count.status != state:
		frappe.throw(
			_("Count {0} is {1} already. Begin a new count.").format(
				count.name, _(count.status, context=COUNT)
			),
			VanCountError,
		)


def _go(count: Document, state: State) -> None:
	if not count_rules.may_go(count.status, state):
		frappe.throw(
			_("Count {0} is {1} and cannot become {2}.").format(
				count.name, _(count.status, context=COUNT), _(state, context=COUNT)
			),
			VanCountError,
		)
	count.status = state
	if state != State.OPEN:
		count.open_key = None
	_save(count)


def _save(count: Document) -> Document:
	return written.save(count)
