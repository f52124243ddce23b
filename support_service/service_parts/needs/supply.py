"""What is coming: Material Requests, Purchase Orders with their promised dates, and goods on their way. Only reads.

A row of a Material Request says for which need it is (`part_need`); ERPNext's Purchase Orders, receipts and transfers name that
row. So what they do behind a need (partly received, stopped, cancelled, amended, renamed) is read back from the database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import frappe
from frappe.query_builder.functions import Coalesce
from frappe.utils import flt

from support_service.foundation import locks

PURCHASE, TRANSFER = "Purchase", "Material Transfer"
STOPPED = ("Stopped", "Cancelled")
CLOSED = ("Closed", "Completed", "Delivered", "Cancelled")


@dataclass(slots=True)
class Coming:
	"""What is asked for one need: `ordered` and `asked` (drafts, too) from suppliers, `moving` by transfer, in stock units.

	The documents are the last ones of each kind; expected_on: when the last of it is promised.
	"""

	ordered: float = 0.0
	asked: float = 0.0
	moving: float = 0.0
	transfer_request: str | None = None
	purchase_request: str | None = None
	purchase_order: str | None = None
	expected_on: date | None = None


@dataclass(frozen=True, slots=True)
class Promise:
	"""A quantity in stock units that a supplier has promised for a day, into a warehouse."""

	item_code: str
	warehouse: str | None
	qty: float
	expected_on: date | None
	document: str


def coming_for(needs: Collection[str], *, latest: bool = False) -> dict[str, Coming]:
	"""Need → what is coming for it; needs without are left out. Two queries, however many there are.

	latest: the requests as they are committed now, whatever the snapshot of the caller's transaction says; they stay locked.
	"""
	found: dict[str, Coming] = defaultdict(Coming)
	rows = _request_rows(needs, latest=latest)
	orders = _orders_of([row.name for row in rows])
	for row in rows:
		coming = found[row.part_need]
		stopped = row.status in STOPPED
		if row.material_request_type == TRANSFER:
			coming.transfer_request = row.parent
			# `ordered_qty` of a transfer is what has left already
			coming.moving += 0 if stopped else max(flt(row.stock_qty) - flt(row.ordered_qty), 0)
			continue
		coming.purchase_request = row.parent
		left = 0 if stopped else max(flt(row.stock_qty) - flt(row.received_qty), 0)
		coming.asked += left
		if row.docstatus == 1:
			coming.ordered += left
		for order in orders.get(row.name, []):
			coming.purchase_order = order.parent
			if left and order.expected_on:
				coming.expected_on = max(filter(None, (coming.expected_on, order.expected_on)))
	return dict(found)


def needs_of_rows(rows: Collection[str]) -> dict[str, str]:
	"""Row of a Material Request → the need it is for; rows of others are left out."""
	if not rows:
		return {}
	row = frappe.qb.DocType("Material Request Item")
	found = (
		frappe.qb.from_(row)
		.select(row.name, row.part_need)
		.where(row.name.isin(sorted(rows)) & row.part_need.isnotnull() & (row.part_need != ""))
		.run()
	)
	return dict(found)


def promised(items: Collection[str], company: str | None = None) -> list[Promise]:
	"""Open rows of Purchase Orders for these items, the earliest promise first."""
	if not items:
		return []
	order, row = frappe.qb.DocType("Purchase Order"), frappe.qb.DocType("Purchase Order Item")
	query = (
		frappe.qb.from_(row)
		.inner_join(order)
		.on(order.name == row.parent)
		.select(
			row.item_code,
			row.warehouse,
			row.qty,
			row.received_qty,
			row.conversion_factor,
			Coalesce(row.expected_delivery_date, row.schedule_date).as_("expected_on"),
			row.parent,
		)
		.where(row.item_code.isin(sorted(items)) & (row.qty > row.received_qty))
		.where((order.docstatus == 1) & order.status.notin(CLOSED))
		.orderby(Coalesce(row.expected_delivery_date, row.schedule_date))
	)
	if company:
		query = query.where(order.company == company)
	return [
		Promise(
			line.item_code,
			line.warehouse,
			(flt(line.qty) - flt(line.received_qty)) * (flt(line.conversion_factor) or 1),
			line.expected_on,
			line.parent,
		)
		for line in query.run(as_dict=True)
	]


def _request_rows(needs: Collection[str], *, latest: bool) -> list[Any]:
	if not needs:
		return []
	request, row = frappe.qb.DocType("Material Request"), frappe.qb.DocType("Material Request Item")
	query = (
		frappe.qb.from_(row)
		.inner_join(request)
		.on(request.name == row.parent)
		.select(
			row.name,
			row.part_need,
			row.parent,
			row.stock_qty,
			row.ordered_qty,
			row.received_qty,
			request.docstatus,
			request.status,
			request.material_request_type,
		)
		.where(row.part_need.isin(sorted(needs)) & (request.docstatus < 2))
		.where(request.material_request_type.isin([PURCHASE, TRANSFER]))
		.orderby(request.creation)
		.orderby(row.idx)
	)
	return locks.rows(query) if latest else query.run(as_dict=True)


def _orders_of(rows: Collection[str]) -> dict[str, list[Any]]:
	if not rows:
		return {}
	order, row = frappe.qb.DocType("Purchase Order"), frappe.qb.DocType("Purchase Order Item")
	found = (
		frappe.qb.from_(row)
		.inner_join(order)
		.on(order.name == row.parent)
		.select(
			row.material_request_item,
			row.parent,
			Coalesce(row.expected_delivery_date, row.schedule_date).as_("expected_on"),
		)
		.where(row.material_request_item.isin(sorted(rows)))
		.where((order.docstatus == 1) & order.status.notin(CLOSED))
		.orderby(order.creation)
	).run(as_dict=True)
	by_row: dict[str, list[Any]] = defaultdict(list)
	for line in found:
		by_row[line.material_request_item].append(line)
	return dict(by_row)
