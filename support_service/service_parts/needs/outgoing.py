"""ERPNext's own documents and what is reserved for requests: a warning, or by setting a refusal, and what follows where it is taken.

Nothing changes for a document that takes nothing reserved: one indexed read finds that out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, escape_html, flt

from support_service.foundation import people
from support_service.foundation.bins import Place
from support_service.service_parts.needs import errors, figures, reservations, supply, vans
from support_service.service_parts.needs.need_rules import TOLERANCE
from support_service.service_parts.needs.reservations import MOVED, TAKEN, Because
from support_service.support_service.messaging import recipients

CASE = "Service Request"
REFUSE = "Refuse"


def before_submit(doc: Document, method: str | None = None) -> None:
	"""Handler of Stock Entry, Delivery Note, Sales Invoice and purchase returns.

	:raises ReservedForRequestError: the setting says that parts reserved for requests are not given out.
	"""
	out = out_of_stock(doc)
	held = reservations.of_places(out) if out else {}
	if not held:
		return
	if texts := list(_texts(doc, out, held)):
		advice = _("Take other stock, or have the reservation released on the request.")
		refuse_or_warn(texts, advice, _("Reserved Parts"), errors.ReservedForRequestError)


def refuse_or_warn(texts: list[str], advice: str, title: str, error: type[frappe.ValidationError]) -> None:
	"""Say that a document takes what is kept for somebody; refuse it with `advice` where the setting says so."""
	if frappe.db.get_single_value("Support Service Settings", "reserved_parts_taken") == REFUSE:
		frappe.throw([*texts, advice], exc=error, title=title, as_list=True)
	frappe.msgprint(texts, title=title, indicator="orange", as_list=True)


def let_go_of_taken(doc: Document) -> None:
	"""After `doc` was posted: what is reserved but no longer there has gone along into a van of its request, or is taken."""
	out = out_of_stock(doc)
	held = reservations.of_places(out, latest=True) if out else {}
	if not held:
		return
	there = _there(held)
	into = _into(doc)
	touched: set[str] = set()
	for place, rows in held.items():
		missing = sum(flt(row.qty) for row in rows) - max(there.get(place, 0), 0)
		if missing <= TOLERANCE:
			continue
		missing -= _follow_into_van(doc, rows, into.get(place, {}), missing, touched)
		lost = _youngest(reservations.of_places({place}, latest=True).get(place, []), missing)
		reservations.end(lost, missing, TAKEN, Because.of(doc))
		touched |= {row.part_need for row in lost}
		_notify(doc, lost)
	figures.refresh(touched)


def _texts(doc: Document, out: dict[Place, float], held: dict[Place, list[Any]]) -> Iterator[str]:
	there = _there(held)
	for place, qty in _own_reservations(doc).items():
		there[place] = there.get(place, 0.0) + qty
	own = _needs_of(doc)
	for place, rows in held.items():
		others = [row for row in rows if row.part_need not in own]
		kept = sum(flt(row.qty) for row in others)
		beyond = out[place] + kept - there.get(place, 0)
		if kept and beyond > TOLERANCE:
			cases = ", ".join(sorted({row.service_request for row in others}))
			yield _("{0} in {1}: {2} of it is reserved for {3}; this document takes {4} of that.").format(
				escape_html(place[0]), escape_html(place[1]), f"{kept:g}", cases, f"{min(beyond, kept):g}"
			)


def out_of_stock(doc: Document) -> dict[Place, float]:
	"""Place → what `doc` takes out of it, in stock units."""
	out: dict[Place, float] = defaultdict(float)
	if doc.doctype == "Stock Entry":
		if not doc.get("engineer_visit"):
			for row in doc.items:
				if row.s_warehouse:
					out[(row.item_code, row.s_warehouse)] += flt(row.transfer_qty)
	elif doc.doctype == "Stock Reconciliation":
		for row in doc.items:
			out[(row.item_code, row.warehouse)] += max(flt(row.current_qty) - flt(row.qty), 0)
	elif doc.doctype == "Delivery Note" or cint(doc.get("update_stock")) or doc.doctype == "Purchase Receipt":
		sign = -1 if doc.doctype in ("Purchase Receipt", "Purchase Invoice") else 1
		for row in doc.items:
			out[(row.item_code, row.warehouse)] += sign * flt(row.qty) * (flt(row.conversion_factor) or 1)
		for row in doc.get("packed_items") or []:
			out[(row.item_code, row.warehouse)] += flt(row.qty)
	return {place: qty for place, qty in out.items() if qty > TOLERANCE and all(place)}


def _there(places: Any) -> dict[Place, float]:
	"""Place → what its Bin holds that ERPNext has not reserved."""
	rows = frappe.get_all(
		"Bin",
		filters={
			"item_code": ("in", sorted({item for item, _warehouse in places})),
			"warehouse": ("in", sorted({warehouse for _item, warehouse in places})),
		},
		fields=["item_code", "warehouse", "actual_qty", "reserved_stock"],
		order_by=None,
	)
	return {(row.item_code, row.warehouse): flt(row.actual_qty) - flt(row.reserved_stock) for row in rows}


def _own_reservations(doc: Document) -> dict[Place, float]:
	"""Place → what `doc` delivers of what ERPNext has reserved there for the orders it delivers."""
	order = {"Delivery Note": "against_sales_order", "Sales Invoice": "sales_order"}.get(doc.doctype)
	rows = [row for row in doc.items if order and row.get(order) and row.get("so_detail")]
	if not rows or cint(doc.get("is_return")):
		return {}
	reserved: dict[tuple[str, str, str], float] = defaultdict(float)
	for entry in frappe.get_all(
		"Stock Reservation Entry",
		filters={
			"docstatus": 1,
			"voucher_type": "Sales Order",
			"voucher_detail_no": ("in", sorted({row.so_detail for row in rows})),
			"status": ("not in", ("Delivered", "Cancelled")),
		},
		fields=["voucher_detail_no", "item_code", "warehouse", "reserved_qty", "delivered_qty"],
		order_by=None,
	):
		key = (entry.voucher_detail_no, entry.item_code, entry.warehouse)
		reserved[key] += flt(entry.reserved_qty) - flt(entry.delivered_qty)
	found: dict[Place, float] = defaultdict(float)
	for row in rows:
		key = (row.so_detail, row.item_code, row.warehouse)
		own = min(flt(row.qty) * (flt(row.conversion_factor) or 1), reserved.get(key, 0.0))
		if own > 0:
			reserved[key] -= own
			found[(row.item_code, row.warehouse)] += own
	return dict(found)


def _needs_of(doc: Document) -> set[str]:
	"""Needs that this transfer itself is for."""
	if doc.doctype != "Stock Entry":
		return set()
	asked = {row.material_request_item for row in doc.items if row.material_request_item}
	first_legs = {row.ste_detail for row in doc.items if row.ste_detail}
	if first_legs:
		asked |= set(
			frappe.get_all(
				"Stock Entry Detail",
				filters={"name": ("in", sorted(first_legs)), "material_request_item": ("is", "set")},
				pluck="material_request_item",
				order_by=None,
			)
		)
	return set(supply.needs_of_rows(asked).values())


def _into(doc: Document) -> dict[Place, dict[str, float]]:
	"""Place → warehouse → what a transfer brought there from it."""
	into: dict[Place, dict[str, float]] = defaultdict(lambda: defaultdict(float))
	if doc.doctype == "Stock Entry":
		for row in doc.items:
			if row.s_warehouse and row.t_warehouse:
				into[(row.item_code, row.s_warehouse)][row.t_warehouse] += flt(row.transfer_qty)
	return into


def _follow_into_van(
	doc: Document, rows: list[Any], into: dict[str, float], missing: float, touched: set[str]
) -> float:
	"""Move the reservations of a request into the van of whoever goes there; returns how much that was."""
	if not into:
		return 0.0
	vans_of = vans.of_cases({row.service_request for row in rows})
	done = 0.0
	for row in rows:
		for warehouse in vans_of.get(row.service_request, ()):
			take = min(flt(row.qty), into.get(warehouse, 0), missing - done)
			if take <= TOLERANCE:
				continue
			reservations.end([row], take, MOVED, Because.of(doc))
			need = frappe._dict(
				name=row.part_need, service_request=row.service_request, item_code=row.item_code
			)
			reservations.hold(need, warehouse, take, Because.of(doc))
			into[warehouse] -= take
			done += take
			touched.add(row.part_need)
			break
	return done


def _youngest(rows: list[Any], qty: float) -> list[Any]:
	"""The last rows that together make `qty`: who reserved first keeps what is left."""
	found = []
	for row in reversed(rows):
		if qty <= TOLERANCE:
			break
		found.append(row)
		qty -= flt(row.qty)
	return found


def _notify(doc: Document, rows: list[Any]) -> None:
	for case, item in {(row.service_request, row.item_code): None for row in rows}:

		def line(lang: str, case: str = case, item: str = item) -> str:
			return _("{0} {1} took parts that were reserved for {2}: {3}", lang).format(
				_(doc.doctype, lang), doc.name, case, item
			)

		users = recipients.users_for(frappe.get_doc(CASE, case), recipients.ENGINEER)
		people.notify(users, line, document=(CASE, case))
