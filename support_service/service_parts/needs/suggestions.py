"""Which parts a case may need: what earlier cases of such units used, what is inside the unit, what it is made of. Only reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from support_service.installed_base import fitted_parts
from support_service.service_parts.needs import alternatives
from support_service.service_parts.needs.suggestion_rules import Hint, Source, Suggestion, rank

EARLIER = 100  # the last cases of units of the same item; older ones say no more
PARTS_OF_BOM = 60


def suggest(case: Document) -> list[Suggestion]:
	"""Suggestions for `case`, the best first, without what it needs already."""
	unit = case.installed_unit
	item = case.item_code or (frappe.db.get_value("Installed Unit", unit, "item_code") if unit else None)
	hints = [*_earlier(case, item), *_inside(unit), *_listed(item), *_made_of(item)]
	usable = alternatives.drawable({hint.item_code for hint in hints})
	hints = [hint for hint in hints if hint.item_code in usable and hint.item_code != item]
	hints += [
		Hint(stand_in, Source.ALTERNATIVE, instead_of=original)
		for original, stand_ins in alternatives.of({hint.item_code for hint in hints}).items()
		for stand_in in stand_ins
	]
	return rank(hints, without=_needed(case.name))


def sentence(hint: Hint) -> str:
	"""Why a part is suggested, in the reader's language."""
	if hint.source is Source.EARLIER:
		said = (
			_("Used in {0} of the last {1} requests of the same type on such units.")
			if hint.same_type
			else _("Used in {0} of the last {1} requests on such units.")
		)
		return said.format(hint.cases, hint.of_cases)
	if hint.source is Source.INSIDE:
		return _("Inside this unit: {0}.").format(f"{hint.qty:g}")
	if hint.source is Source.LIST:
		return _("In the spare parts list of such units: {0}.").format(hint.position or f"{hint.qty:g}")
	if hint.source is Source.BOM:
		return _("In the bill of materials of such units: {0}.").format(f"{hint.qty:g}")
	return _("Can stand in for {0}.").format(hint.instead_of)


def _needed(case: str) -> list[str]:
	filters = {"service_request": case, "status": ("!=", "Cancelled")}
	return frappe.get_all("Part Need", filters=filters, pluck="item_code", order_by=None)


def _earlier(case: Document, item: str | None) -> Iterator[Hint]:
	"""Parts that submitted visits drew for the last cases of units of the same item; those of the same type count by themselves."""
	if not item:
		return
	cases = frappe.get_all(
		"Service Request",
		filters={"item_code": item, "name": ("!=", case.name)},
		fields=["name", "request_type"],
		order_by="name desc",
		limit=EARLIER,
	)
	types = {row.name: row.request_type for row in cases}
	rows = list(_drawn(types))
	same = [name for name, kind in types.items() if kind == case.request_type]
	for names, same_type in ((set(same), True), (set(types) - set(same), False)):
		worked_on = {row.service_request for row in rows if row.service_request in names}
		used_in: dict[str, set[str]] = defaultdict(set)
		for row in rows:
			if row.service_request in names:
				used_in[row.item_code].add(row.service_request)
		for part, where in used_in.items():
			yield Hint(part, Source.EARLIER, 1, len(where), len(worked_on), same_type)


def _drawn(cases: Iterable[str]) -> list[Any]:
	names = sorted(cases)
	if not names:
		return []
	visit, part = frappe.qb.DocType("Engineer Visit"), frappe.qb.DocType("Engineer Visit Part")
	return (
		frappe.qb.from_(visit)
		.inner_join(part)
		.on(part.parent == visit.name)
		.select(visit.service_request, part.item_code)
		.distinct()
		.where(visit.service_request.isin(names) & (visit.docstatus == 1))
		.run(as_dict=True)
	)


def _inside(unit: str | None) -> Iterator[Hint]:
	quantities: dict[str, float] = defaultdict(float)
	for part in fitted_parts.inside_now(unit) if unit else ():
		quantities[part.item_code] += flt(part.qty)
	for item, qty in quantities.items():
		yield Hint(item, Source.INSIDE, max(qty, 1))


def _listed(item: str | None) -> Iterator[Hint]:
	"""Parts of the item's Spare Parts List, and of that of its template."""
	if not item:
		return
	made, part = frappe.qb.DocType("Spare Parts List"), frappe.qb.DocType("Spare Part")
	template = frappe.get_cached_value("Item", item, "variant_of")
	rows = (
		frappe.qb.from_(made)
		.inner_join(part)
		.on((part.parent == made.name) & (part.parenttype == "Spare Parts List"))
		.select(part.item_code, part.qty, part.position)
		.where(made.item_code.isin([name for name in (item, template) if name]) & (made.disabled == 0))
		.orderby(part.idx)
		.run(as_dict=True)
	)
	for row in rows:
		yield Hint(row.item_code, Source.LIST, max(flt(row.qty), 1), position=row.position)


def _made_of(item: str | None) -> Iterator[Hint]:
	"""Parts of the item's default Bill of Materials, else of the one of its template."""
	if not item:
		return
	template = frappe.get_cached_value("Item", item, "variant_of")
	for made in filter(None, (item, template)):
		bom = frappe.db.get_value(
			"BOM",
			{"item": made, "is_active": 1, "docstatus": 1},
			["name", "quantity"],
			order_by="is_default desc, modified desc",
		)
		if bom:
			rows = frappe.get_all(
				"BOM Item",
				filters={"parent": bom[0]},
				fields=["item_code", "stock_qty"],
				order_by="idx",
				limit=PARTS_OF_BOM,
			)
			for row in rows:
				yield Hint(row.item_code, Source.BOM, max(round(flt(row.stock_qty) / (flt(bom[1]) or 1)), 1))
			return
