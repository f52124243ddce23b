"""One click: a Material Request that brings needed parts into the van, or has them bought.

What is asked for already is read under the lock of the needs, so that pressing the button again, or two people at once, ask once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import frappe
from erpnext.stock.doctype.item.item import get_item_defaults
from erpnext.stock.doctype.material_request.material_request import (
	make_in_transit_stock_entry,
	make_stock_entry,
)
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, getdate, today

from support_service.foundation import locks, transactions
from support_service.foundation.bins import StockChangedError
from support_service.foundation.settings import company_default
from support_service.service_parts.needs import errors, figures, reservations, reserving, supply, vans
from support_service.service_parts.needs.need_rules import TOLERANCE, in_packs

CASE, NEED, REQUEST, ENTRY = "Service Request", "Part Need", "Material Request", "Stock Entry"


def transfer(case: str, needs: Sequence[str], warehouse: str | None = None) -> list[str]:
	"""Ask for a transfer of what is reserved for these needs into `warehouse`; returns the Material Requests, new or there already.

	warehouse: by default the van of whoever goes to `case`. What is not reserved yet is reserved first, as far as it is free.

	:raises NoVanError: nobody goes there yet. :raises NothingToOrderError: everything is there or on its way.
	"""
	doc = frappe.get_doc(CASE, case)
	return transactions.run(doc, lambda: _transfer(doc, needs, warehouse))


def _transfer(doc: Document, needs: Sequence[str], warehouse: str | None) -> list[str]:
	case = doc.name
	target = warehouse or next(iter(vans.of_cases([case]).get(case, [])), None)
	if not target:
		frappe.throw(
			_("Nobody with a van goes to {0} yet. Assign an engineer, or choose a warehouse.").format(case),
			errors.NoVanError,
		)
	if any(need.to_reserve for need in _figures(case, needs).values()):
		reserve_what_is_free(case, needs)
	rows = _locked_needs(case, needs)
	coming = supply.coming_for(needs, latest=True)
	wanted = []
	for need, source, qty in _elsewhere(rows, target):
		asked = coming[need.name].moving if need.name in coming else 0.0
		left = qty - asked
		if need.name in coming:
			coming[need.name].moving = max(asked - qty, 0.0)
		if left > TOLERANCE:
			wanted.append(_row(need, left, target, from_warehouse=source))
	if wanted:
		return [_request(doc, supply.TRANSFER, wanted, target)]
	return _asked_before(coming.values(), "transfer_request")


def purchase(case: str, needs: Sequence[str]) -> list[str]:
	"""Ask for what nobody has: a Material Request for each usual supplier; returns them, new or there already.

	:raises NothingToOrderError: everything is reserved.
	"""
	doc = frappe.get_doc(CASE, case)
	return transactions.run(doc, lambda: _purchase(doc, needs))


def _purchase(doc: Document, needs: Sequence[str]) -> list[str]:
	case = doc.name
	rows = _locked_needs(case, needs)
	found = figures.of(rows, latest=True, asking=True)
	coming = {name: one.coming for name, one in found.items()}
	target = company_default(doc.company).get("parts_warehouse") or next(
		iter(vans.of_cases([case]).get(case, [])), None
	)
	by_supplier: dict[str, list[dict[str, Any]]] = defaultdict(list)
	for need in rows:
		missing = found[need.name].figures.to_reserve - coming[need.name].asked
		if missing > TOLERANCE:
			by_supplier[_usual_supplier(need.item_code, doc.company)].append(_row(need, missing, target))
	if by_supplier:
		return [
			_request(doc, supply.PURCHASE, wanted, target)
			for _supplier, wanted in sorted(by_supplier.items())
		]
	return _asked_before(coming.values(), "purchase_request")


def _asked_before(coming: Iterable[supply.Coming], kind: str) -> list[str]:
	names = sorted({name for one in coming if (name := getattr(one, kind))})
	if not names:
		frappe.throw(
			_("Nothing is left to ask for: all of it is reserved, in the van, or nowhere to be found."),
			errors.NothingToOrderError,
		)
	return names


def reserve_what_is_free(case: str, needs: Sequence[str]) -> None:
	"""Reserve what there is for these needs; nothing is said where there is nothing.

	Nor where the stock has just changed in a caller's transaction: its needs stay, and are reserved with another click.
	"""
	try:
		reserving.reserve(case, needs)
	except (errors.NothingToReserveError, StockChangedError):
		frappe.clear_last_message()


def _figures(case: str, needs: Sequence[str]) -> dict[str, Any]:
	reserving.open_needs(case, needs)
	rows = frappe.get_all(NEED, {"name": ("in", list(needs))}, list(figures.READ), order_by="name")
	return {name: found.figures for name, found in figures.of(rows).items()}


def _locked_needs(case: str, needs: Sequence[str]) -> list[Any]:
	"""These needs, locked until the transaction ends; what is asked for them is read after this."""
	reserving.open_needs(case, needs)
	need = frappe.qb.DocType(NEED)
	fields = (*figures.READ, "uom", "stock_uom", "conversion_factor", "needed_by", "company")
	return locks.rows(
		frappe.qb.from_(need)
		.select(*(need[field] for field in fields))
		.where(need.name.isin(sorted(needs)))
		.orderby(need.name)
	)


def _elsewhere(needs: Collection[Any], target: str) -> Iterable[tuple[Any, str, float]]:
	"""(need, warehouse, quantity) of what is reserved, but neither in `target` nor on its way."""
	places = vans.Places(())
	held: Mapping[tuple[str, str], float] = defaultdict(float)
	for row in reservations.of_needs([need.name for need in needs], latest=True):
		if row.held and row.warehouse != target and not places.is_transit(row.warehouse):
			held[(row.part_need, row.warehouse)] += flt(row.qty)
	by_name = {need.name: need for need in needs}
	for (name, warehouse), qty in sorted(held.items()):
		yield by_name[name], warehouse, qty


def _row(need: Any, qty: float, warehouse: str | None, from_warehouse: str | None = None) -> dict[str, Any]:
	"""A row of a Material Request for `qty` stock units; in the need's own unit where that comes out even."""
	amount, packed = in_packs(qty, flt(need.conversion_factor) or 1.0)
	return {
		"item_code": need.item_code,
		"qty": amount,
		"uom": need.uom if packed else need.stock_uom,
		"stock_uom": need.stock_uom,
		"conversion_factor": need.conversion_factor if packed else 1.0,
		"warehouse": warehouse,
		"from_warehouse": from_warehouse,
		"schedule_date": max(getdate(need.needed_by or today()), getdate(today())),
		"part_need": need.name,
	}


def _request(case: Document, kind: str, rows: list[dict[str, Any]], target: str | None) -> str:
	"""Make the Material Request; submitted, with a draft of its Stock Entry, as far as the user may do that in ERPNext."""
	request = frappe.new_doc(REQUEST)
	request.update(
		{
			"material_request_type": kind,
			"company": case.company,
			"transaction_date": today(),
			"schedule_date": min(row["schedule_date"] for row in rows),
			"set_warehouse": target,
		}
	)
	for row in rows:
		request.append("items", row)
	may_submit = frappe.has_permission(REQUEST, "submit")
	# the right to write a need is the right to ask for its part; what becomes of the draft is decided in ERPNext
	request.flags.ignore_permissions = True
	request.insert()
	if may_submit:
		request.submit()
		if kind == supply.TRANSFER and frappe.has_permission(ENTRY, "create"):
			_draft_entry(request)
	figures.refresh([row["part_need"] for row in rows])
	return request.name


def _draft_entry(request: Document) -> None:
	"""A draft of the transfer for whoever carries it out: through transit where the company has a warehouse for that."""
	transit = frappe.get_cached_value("Company", request.company, "default_in_transit_warehouse")
	entry = make_in_transit_stock_entry(request.name, transit) if transit else make_stock_entry(request.name)
	entry.insert()


def _usual_supplier(item: str, company: str) -> str:
	return get_item_defaults(item, company).get("default_supplier") or ""
