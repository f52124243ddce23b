"""The Stock Reconciliation that follows from a count: its draft, and what happens to the count when the store posts it.

The draft says what was counted. When it is submitted, what moved in the books since then is added, so that nothing is posted twice;
the Bins are locked first. Cancelling it opens the count for another draft; discarding the count deletes the draft.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, nowdate, nowtime

from support_service.foundation import bins, locks
from support_service.service_parts.vans import books, count_rules, counts, entered, written
from support_service.service_parts.vans.count_rules import State
from support_service.service_parts.vans.errors import PostedAtOtherTimeError, VanCountError

RECONCILIATION = "Stock Reconciliation"


def draft(count: Document) -> str | None:
	"""Make the draft for a counted van and name it on the count; None where no row has anything to post.

	The count is locked by the caller; with a draft already there, that one is returned.
	"""
	if count.stock_reconciliation:
		return count.stock_reconciliation
	rows = [row for row in count.rows if counts.is_posted(row)]
	if not rows:
		return None
	doc = frappe.new_doc(RECONCILIATION)
	doc.update(
		{
			"company": count.company,
			"purpose": RECONCILIATION,
			"posting_date": nowdate(),
			"posting_time": nowtime(),
			"expense_account": frappe.get_cached_value("Company", count.company, "stock_adjustment_account"),
			"cost_center": frappe.get_cached_value("Company", count.company, "cost_center"),
			"van_count": count.name,
		}
	)
	for row in rows:
		doc.append("items", _item(row, count.warehouse))
	doc.set_total_qty_and_amount()
	doc.difference_amount = sum(flt(item.amount_difference) for item in doc.items)
	# ERPNext checks the draft when the store saves it: its check asks for rights on stock, which engineers need not have
	doc.flags.ignore_validate = True
	doc.flags.of_van_count = count.name
	# the right to count the van is the right to propose what follows from it
	written.save(doc)
	count.stock_reconciliation = doc.name
	counts.go_on(count)
	return doc.name


def delete_draft(count: Document) -> None:
	"""Delete the draft of a count that is discarded; one that was posted is refused."""
	name = count.stock_reconciliation
	if not name:
		return
	if frappe.db.get_value(RECONCILIATION, name, "docstatus") == 1:
		frappe.throw(
			_("{0} is posted. Have it cancelled before the count is discarded.").format(name), VanCountError
		)
	count.stock_reconciliation = None
	counts.go_on(count)
	# whoever may discard the count takes back what the count proposed
	frappe.delete_doc(RECONCILIATION, name, ignore_permissions=True)


def before_insert(doc: Document, method: str | None = None) -> None:
	"""Handler of Stock Reconciliation: only the draft of a count, or an amendment of it, names the count."""
	if not doc.get("van_count") or doc.flags.of_van_count == doc.van_count:
		return
	count = locks.get_value(counts.COUNT, doc.van_count, ["status", "stock_reconciliation"], as_dict=True)
	follows = (
		doc.get("amended_from")
		and count
		and count.status == State.COUNTED
		and not count.stock_reconciliation
		and frappe.db.get_value(RECONCILIATION, doc.amended_from, "van_count") == doc.van_count
	)
	if not follows:
		doc.van_count = None


def after_insert(doc: Document, method: str | None = None) -> None:
	"""Handler of Stock Reconciliation: an amendment takes the place of the cancelled one."""
	if doc.get("van_count") and doc.flags.of_van_count != doc.van_count:
		count = locks.get_doc(counts.COUNT, doc.van_count)
		count.stock_reconciliation = doc.name
		counts.go_on(count)


def before_validate(doc: Document, method: str | None = None) -> None:
	"""Handler of Stock Reconciliation, before it is submitted: add what moved since the count, with the Bins locked."""
	if not doc.get("van_count") or doc._action != "submit":
		return
	count = _count_of(doc)
	_refuse_other_time(doc)
	bins.lock_in_callers_transaction({(item.item_code, item.warehouse) for item in doc.items})
	now = books.held(count.warehouse, {row.item_code for row in count.rows})
	expected = {(row.item_code, row.batch_no or None): row for row in count.rows}
	for item in doc.items:
		# a row of numbered pieces names their batch, the count does not
		row = expected.get((item.item_code, item.batch_no or None)) or expected.get((item.item_code, None))
		if row and item.warehouse == count.warehouse:
			_follow(item, row, now.get((row.item_code, row.batch_no or None)))


def on_submit(doc: Document, method: str | None = None) -> None:
	"""Handler of Stock Reconciliation: the count is posted, and says what moved between count and posting."""
	if not doc.get("van_count"):
		return
	count = _count_of(doc)
	moved = doc.flags.moved_since_count or {}
	for row in count.rows:
		row.moved = moved.get(row.name, 0)
	counts.go(count, State.POSTED)


def on_cancel(doc: Document, method: str | None = None) -> None:
	"""Handler of Stock Reconciliation: the count waits for the store again."""
	count = _named_by(doc)
	if count and count.status == State.POSTED:
		counts.go(count, State.COUNTED, stock_reconciliation=None)


def _named_by(doc: Document) -> Document | None:
	name = doc.get("van_count")
	if not name or not frappe.db.exists(counts.COUNT, name):
		return None
	count = locks.get_doc(counts.COUNT, name)
	return count if count.stock_reconciliation == doc.name else None


def _count_of(doc: Document) -> Document:
	"""The count that this document posts, locked; refused where it is posted, discarded, or posted by another one."""
	count = _named_by(doc)
	if not count or count.status != State.COUNTED:
		frappe.throw(
			_(
				"Count {0} is not waiting for this document any more. Delete it, and look at the count."
			).format(doc.van_count),
			VanCountError,
		)
	return count


def _refuse_other_time(doc: Document) -> None:
	"""Refuse a posting time that somebody has set: ERPNext would apply a second time what moved between then and now."""
	# a Data Import sets it by itself
	if cint(doc.get("set_posting_time")) or frappe.flags.in_import:
		frappe.throw(
			_(
				"{0} posts what is in the van now, with what has moved since the count, so it is posted at this moment. Clear {1}, then "
				"submit again."
			).format(doc.name, _(doc.meta.get_label("set_posting_time"))),
			PostedAtOtherTimeError,
		)


def _item(row: Any, warehouse: str) -> dict[str, Any]:
	"""One row of the draft: what was found, beside what the books said."""
	item = {
		"item_code": row.item_code,
		"warehouse": warehouse,
		"qty": flt(row.found),
		"valuation_rate": row.valuation_rate or None,
		"batch_no": row.batch_no,
		"use_serial_batch_fields": 1 if row.tracking else 0,
		"current_qty": flt(row.expected),
		"current_valuation_rate": row.valuation_rate,
	}
	if row.tracking == books.SERIAL:
		there = count_rules.compare(
			entered.lines(row.expected_serials), entered.lines(row.found_serials)
		).there
		item.update(_numbered(there), current_serial_no=row.expected_serials)
		batches = books.batches_of(there)
		# ERPNext takes the numbers of one batch in a row; of several it says so when the store saves the draft
		item["batch_no"] = batches.pop() if len(batches) == 1 else None
	return item


def _numbered(serials: frozenset[str]) -> dict[str, Any]:
	"""Numbers that stay; where none stays, ERPNext takes all out by a flag of its own, as it asks for a number otherwise."""
	return {
		"qty": len(serials),
		"serial_no": "\n".join(sorted(serials)),
		"use_serial_batch_fields": 1 if serials else 0,
		"reconcile_all_serial_batch": 0 if serials else 1,
	}


def _follow(item: Any, row: Any, now: books.Held | None) -> None:
	"""Set one row to what the van holds now, as counted then, at what it is worth now."""
	plain = not row.tracking  # numbers and batches have rates of their own, which another rate would replace
	if plain and now and now.qty and now.rate and flt(item.valuation_rate) == flt(row.valuation_rate):
		# the rate of the count: landed cost or a purchase since then is not written down with what is missing
		item.valuation_rate = item.current_valuation_rate = now.rate
	qty_now, serials_now = (now.qty, now.serials) if now else (0.0, ())
	moved = flt(qty_now - flt(row.expected), 9)
	came_or_went = set(serials_now) != set(entered.lines(row.expected_serials))
	if not count_rules.differs(moved, 0) and not came_or_went:
		return
	if row.tracking == books.SERIAL:
		serials = count_rules.serials_to_post(
			entered.lines(item.serial_no), entered.lines(row.expected_serials), serials_now
		)
		item.update(_numbered(serials))
		item.current_serial_no = None
	else:
		item.qty = count_rules.quantity_to_post(flt(item.qty), flt(row.expected), qty_now)
		if item.qty < 0:
			frappe.throw(
				_(
					"Row {0}: {1} found of {2}, but more has left {3} since. Discard the count and have the van counted again."
				).format(item.idx, f"{flt(row.found):g}", row.item_code, item.warehouse),
				VanCountError,
			)
	parent = item.parent_doc
	parent.flags.moved_since_count = {**(parent.flags.moved_since_count or {}), row.name: moved}
