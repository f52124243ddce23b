"""Whitelisted functions of part needs, for the section "Parts Needed" of a request."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from support_service.permissions import named_links
from support_service.service_parts import availability
from support_service.service_parts.needs import (
	alternatives,
	case_moves,
	errors,
	orders,
	reservations,
	reserving,
	suggestions,
	supply,
	vans,
	visit_rows,
)
from support_service.service_parts.needs.need_rules import OVER
from support_service.support_service.lifecycle import FINAL_STATES

CASE, NEED = "Service Request", "Part Need"
SHOWN = (
	"name",
	"item_code",
	"item_name",
	"qty",
	"uom",
	"stock_qty",
	"stock_uom",
	"status",
	"needed_by",
	"expected_on",
	"held_qty",
	"van_qty",
	"transit_qty",
	"ordered_qty",
	"used_qty",
	"reserved_warehouse",
	"transfer_request",
	"purchase_request",
	"purchase_order",
	"alternative_of",
	"is_open",
)
MOST_PLACES = 8  # per part, in the dialog


@frappe.whitelist()
def reserved_for_visit(visit: str) -> list[dict[str, Any]]:
	"""Part rows that the visit lacks of what is reserved for its request in the engineer's van; see `visit_rows.reserved_for`."""
	doc = frappe.get_doc("Engineer Visit", visit)
	doc.check_permission("read")
	# customers read their visits, and nothing of our stock
	return visit_rows.reserved_for(doc) if frappe.has_permission(NEED, "read") else []


@frappe.whitelist()
def needs_of(request: str) -> dict[str, Any]:
	"""The needs of `request` for its form: `needs`, `may_add`, and `van`, where parts would go.

	Each need has the columns of SHOWN, what is `asked` from suppliers and `moving` by transfers (drafts, too; stock units), and
	`reserved`: [{"warehouse": …, "qty": …}], the most first.
	"""
	case = _readable(request)
	needs = frappe.get_list(
		NEED,
		filters={"service_request": case.name},
		fields=list(SHOWN),
		order_by="is_open desc, name",
		limit=200,
	)
	_add_whereabouts(needs)
	may_add = case.status not in FINAL_STATES and frappe.has_permission(NEED, "create")
	return {
		"needs": needs,
		"may_add": bool(may_add and case.has_permission("write")),
		"van": next(iter(vans.of_cases([case.name]).get(case.name, [])), None),
	}


def _add_whereabouts(needs: list[Any]) -> None:
	names = [need.name for need in needs if need.is_open]
	coming = supply.coming_for(names)
	places: dict[str, Counter[str]] = defaultdict(Counter)
	for row in reservations.of_needs(names):
		if row.held:
			places[row.part_need][row.warehouse] += flt(row.qty)
	for need in needs:
		found = coming.get(need.name, supply.Coming())
		need.asked, need.moving = found.asked, found.moving
		need.reserved = [
			{"warehouse": warehouse, "qty": qty} for warehouse, qty in places[need.name].most_common() if qty
		]


@frappe.whitelist()
def suggestions_for(request: str) -> list[dict[str, Any]]:
	"""Parts that `request` may need, the best first: item, name, unit of measure, qty, `why` (sentences), and where there is some.

	`free` is what can be reserved in the company's warehouses, `in_van` that in the van of whoever goes, `expected_on` when more is
	promised.
	"""
	case = _writable(request)
	found = suggestions.suggest(case)
	facts = _facts_of([one.item_code for one in found], case)
	return [
		{
			**facts[one.item_code],
			"qty": one.qty,
			"alternative_of": one.instead_of,
			"why": [suggestions.sentence(hint) for hint in one.hints],
		}
		for one in found
		if one.item_code in facts
	]


@frappe.whitelist()
def where_is(request: str, item_code: str) -> dict[str, Any]:
	"""Where `item_code`, and what can stand in for it, is free, and when more is promised: `item` and `alternatives`.

	Each as in `suggestions_for`, with `places`: warehouse, free, for_case (reserved for this request), for_others.
	"""
	case = _writable(request)
	named_links.require("Item", item_code, _("Item"))
	stand_ins = alternatives.of([item_code]).get(item_code, [])
	facts = _facts_of([item_code, *stand_ins], case)
	return {
		"item": facts.get(item_code),
		"alternatives": [{**facts[one], "alternative_of": item_code} for one in stand_ins if one in facts],
	}


@frappe.whitelist(methods=["POST"])
def add(request: str, parts: str | list[dict[str, Any]], reserve: bool | int = True) -> dict[str, Any]:
	"""Add needs to `request`, and reserve what is free; returns as `needs_of`.

	parts: rows with item_code, qty, and where wanted uom, needed_by, note, alternative_of, engineer_visit.
	"""
	case = _writable(request)
	frappe.has_permission(NEED, "create", throw=True)
	allowed = ("item_code", "qty", "uom", "needed_by", "note", "alternative_of", "engineer_visit")
	names = []
	for part in frappe.parse_json(parts) or []:
		values = {name: part.get(name) for name in allowed if part.get(name)}
		need = frappe.get_doc({"doctype": NEED, "service_request": case.name, **values}).insert()
		names.append(need.name)
	if names and frappe.utils.sbool(reserve):
		orders.reserve_what_is_free(case.name, names)
	return needs_of(case.name)


@frappe.whitelist(methods=["POST"])
def reserve(request: str, needs: str | list[str], warehouse: str | None = None) -> dict[str, Any]:
	"""Reserve what is free for these needs of `request`, in `warehouse` or wherever it is; returns as `needs_of`."""
	case = _writable(request)
	named_links.require("Warehouse", warehouse, _("Warehouse"))
	reserving.reserve(case.name, _own(case, needs), warehouse)
	return needs_of(case.name)


@frappe.whitelist(methods=["POST"])
def release(request: str, needs: str | list[str]) -> dict[str, Any]:
	"""Let go what is reserved for these needs of `request`; returns as `needs_of`."""
	case = _writable(request)
	for need in _own(case, needs):
		reserving.release(need, _("Released by {0}.").format(frappe.session.user))
	return needs_of(case.name)


@frappe.whitelist(methods=["POST"])
def transfer(request: str, needs: str | list[str], warehouse: str | None = None) -> list[str]:
	"""Have these needs of `request` brought into the van, or into `warehouse`; returns the Material Requests."""
	case = _writable(request)
	named_links.require("Warehouse", warehouse, _("Warehouse"))
	return orders.transfer(case.name, _own(case, needs), warehouse)


@frappe.whitelist(methods=["POST"])
def purchase(request: str, needs: str | list[str]) -> list[str]:
	"""Have bought what is missing of these needs of `request`; returns the Material Requests."""
	case = _writable(request)
	return orders.purchase(case.name, _own(case, needs))


@frappe.whitelist(methods=["POST"])
def call_off(request: str, needs: str | list[str], reason: str = "") -> dict[str, Any]:
	"""These needs of `request` are not needed any more; returns as `needs_of`."""
	case = _writable(request)
	for need in _own(case, needs):
		if frappe.db.get_value(NEED, need, "status") not in OVER:
			case_moves.call_off(need, reason)
	return needs_of(case.name)


@frappe.whitelist(methods=["POST"])
def want_again(request: str, needs: str | list[str]) -> dict[str, Any]:
	"""These needs of `request`, called off before, are wanted again; returns as `needs_of`."""
	case = _writable(request)
	for need in _own(case, needs):
		case_moves.want_again(need)
	return needs_of(case.name)


def _readable(request: str) -> Document:
	frappe.has_permission(CASE, "read", request, throw=True)
	# customers read their requests, but not our stock
	frappe.has_permission(NEED, "read", throw=True)
	return frappe.get_doc(CASE, request)


def _writable(request: str) -> Document:
	frappe.has_permission(CASE, "write", request, throw=True)
	frappe.has_permission(NEED, "write", throw=True)
	return frappe.get_doc(CASE, request)


def _own(case: Document, needs: str | list[str]) -> list[str]:
	"""The names in `needs` that are needs of `case`; others are left out, whether they exist or not.

	:raises NoNeedError: none of them is.
	"""
	names = frappe.parse_json(needs) if isinstance(needs, str) and needs.startswith("[") else needs
	asked = [names] if isinstance(names, str) else list(names or [])
	filters = {"name": ("in", asked or [""]), "service_request": case.name}
	own = frappe.get_all(NEED, filters=filters, pluck="name", order_by="name")
	if not own:
		frappe.throw(_("Choose at least one part that {0} needs.").format(case.name), errors.NoNeedError)
	return own


def _facts_of(items: list[str], case: Document) -> dict[str, dict[str, Any]]:
	"""Item → what the dialog shows of it: name, units, and where there is some."""
	named = frappe.get_all(
		"Item",
		filters={"name": ("in", items or [""])},
		fields=["name", "item_name", "stock_uom"],
		order_by=None,
	)
	stock = availability.on_hand(items, case.company, case.name)
	promised: dict[str, supply.Promise] = {}
	for promise in supply.promised(items, case.company):
		promised.setdefault(promise.item_code, promise)
	own = vans.of_cases([case.name]).get(case.name, [])
	others = vans.all_vans() - set(own)
	facts = {}
	for row in named:
		places = [
			{
				"warehouse": place[1],
				"free": max(flt(there.free), 0),
				"for_case": there.for_case,
				"for_others": there.for_others,
				"in_others_van": place[1] in others,
			}
			for place, there in stock.items()
			if place[0] == row.name and not there.in_transit
		]
		facts[row.name] = {
			"item_code": row.name,
			"item_name": row.item_name,
			"stock_uom": row.stock_uom,
			"places": places[:MOST_PLACES],
			"free": sum(place["free"] for place in places if not place["in_others_van"]),
			"in_van": sum(place["free"] for place in places if place["warehouse"] in own),
			"expected_on": promised[row.name].expected_on if row.name in promised else None,
		}
	return facts
