"""Reserving parts for a need and letting them go again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, get_datetime

from support_service.foundation import with_bins
from support_service.foundation.bins import LockedBin, Place
from support_service.foundation.settings import company_default
from support_service.service_parts import availability
from support_service.service_parts.needs import errors, figures, reservations, vans
from support_service.service_parts.needs.need_rules import OVER, TOLERANCE, Store, plan
from support_service.service_parts.needs.reservations import Because
from support_service.support_service.lifecycle import FINAL_STATES

CASE, NEED = "Service Request", "Part Need"


def reserve(case: str, needs: Sequence[str], warehouse: str | None = None) -> dict[str, float]:
	"""Reserve what is free for these needs of `case`; returns need → how much is still missing.

	warehouse: only there; otherwise the van of whoever goes, the parts store, then other warehouses of the company, but nobody
	else's van. What is there only in part is reserved in part.

	:raises NothingToReserveError: nothing at all was found.
	"""
	doc = frappe.get_doc(CASE, case)
	places = [
		(need.item_code, store)
		for need in open_needs(case, needs)
		for store, _qty in _plan(need, doc, warehouse)
	]

	def work(locked: dict[Place, LockedBin], latest: bool) -> dict[str, float]:
		return _reserve(doc, needs, warehouse, locked, latest)

	return with_bins.run(doc, places, work)


def _reserve(
	case: Document, needs: Sequence[str], warehouse: str | None, locked: dict[Place, LockedBin], latest: bool
) -> dict[str, float]:
	missing, found = {}, False
	free = availability.free_in(locked, latest=latest)
	for need in open_needs(case.name, needs):
		wanted = _wanted(need)
		stores = [
			store for store in _stores(need, case, warehouse) if (need.item_code, store.warehouse) in free
		]
		now = [
			Store(
				store.warehouse,
				min(store.free, free[(need.item_code, store.warehouse)]),
				store.spoken_for,
				store.is_van,
				store.is_parts_store,
			)
			for store in stores
		]
		for store, qty in plan(wanted, now):
			reservations.hold(need, store, qty, Because())
			free[(need.item_code, store)] -= qty
			wanted -= qty
			found = True
		missing[need.name] = max(wanted, 0.0)
	if not found and any(qty > TOLERANCE for qty in missing.values()):
		frappe.throw(
			_("None of these parts is free in {0}. Order them, or choose another warehouse.").format(
				warehouse or case.company
			),
			errors.NothingToReserveError,
		)
	figures.refresh(needs)
	return missing


def release(need: str, reason: str, *, begun_before: datetime | None = None) -> float:
	"""Let go what is reserved for `need`; returns how much that was. More becomes free, so nothing need be locked for it.

	begun_before: only what is reserved since before then; by default all.
	"""
	rows = [
		row
		for row in reservations.of_needs([need], latest=True)
		if row.held and (begun_before is None or get_datetime(row.begun_on) < begun_before)
	]
	ended = reservations.end(
		rows, sum(flt(row.qty) for row in rows), reservations.RELEASED, Because(NEED, need, reason)
	)
	figures.refresh([need])
	return ended


def open_needs(case: str, needs: Sequence[str]) -> list[Any]:
	"""The rows of these needs of `case`, in the order of names.

	:raises NeedClosedError: one of them, or the request, is over.
	"""
	rows = frappe.get_all(
		NEED,
		filters={"name": ("in", list(needs) or [""]), "service_request": case},
		fields=["name", "service_request", "item_code", "item_name", "stock_qty", "status", "needed_by"],
		order_by="name",
	)
	status = frappe.db.get_value(CASE, case, "status")
	over = [row.item_name or row.item_code for row in rows if row.status in OVER]
	if status in FINAL_STATES or over or len(rows) < len(set(needs)):
		frappe.throw(
			_("Nothing more can be done with {0}: it is used or cancelled, or its request is over.").format(
				", ".join(over) or case
			),
			errors.NeedClosedError,
		)
	return rows


def _wanted(need: Any) -> float:
	rows = reservations.of_needs([need.name], latest=True)
	return max(flt(need.stock_qty) - sum(flt(row.qty) for row in rows), 0.0)


def _plan(need: Any, case: Document, warehouse: str | None) -> list[tuple[str, float]]:
	return plan(_wanted(need), _stores(need, case, warehouse))


def _stores(need: Any, case: Document, warehouse: str | None) -> list[Store]:
	own = vans.of_cases([case.name]).get(case.name, [])
	others = vans.all_vans() - set(own)
	parts_store = company_default(case.company).get("parts_warehouse")
	stock = availability.on_hand([need.item_code], case.company)
	return [
		Store(place[1], there.free, there.spoken_for, place[1] in own, place[1] == parts_store)
		for place, there in stock.items()
		if (place[1] == warehouse if warehouse else place[1] not in others and not there.in_transit)
	]
