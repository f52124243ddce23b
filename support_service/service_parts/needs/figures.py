"""The one writer of what a Part Need shows of itself: quantities, status, dates and ERPNext's documents, read back each time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

import frappe
from frappe.utils import flt

from support_service.foundation import instants, locks
from support_service.service_parts.needs import reservations, resume, supply, vans
from support_service.service_parts.needs.need_rules import (
	AT_OUR_WAREHOUSE,
	OVER,
	THERE,
	Figures,
	NeedStatus,
	status_of,
)

NEED = "Part Need"
READ = (
	"name",
	"service_request",
	"item_code",
	"engineer_visit",
	"stock_qty",
	"status",
	"held_qty",
	"reserved_warehouse",
	"van_qty",
	"transit_qty",
	"ordered_qty",
	"used_qty",
	"expected_on",
	"transfer_request",
	"purchase_request",
	"purchase_order",
	"available_utc",
	"is_open",
)
# columns written here and nowhere else
FILLED = READ[5:]


def refresh(names: Collection[str]) -> None:
	"""Compute the columns of these needs again and write what has changed; cases that may go on are looked at after the commit.

	The needs are locked first and their reservations read as they are committed now, so that two who change one need take turns.
	"""
	needs = _locked(names)
	if not needs:
		return
	figures = of(needs, latest=True)
	changed = False
	for need in needs:
		values = {
			name: value
			for name, value in figures[need.name].columns(need).items()
			if (value or None) != (need[name] or None)
		}
		if values:
			frappe.db.set_value(NEED, need.name, values, update_modified=False)
			changed = True
	if changed:
		resume.enqueue()


class Found:
	"""What was found out about one need: its `figures`, and where the most of it is reserved, asked for and ordered."""

	def __init__(self, figures: Figures, warehouse: str | None, coming: supply.Coming) -> None:
		self.figures, self.warehouse, self.coming = figures, warehouse, coming

	def columns(self, need: Any) -> dict[str, Any]:
		figures = self.figures
		status = status_of(figures, cancelled=need.status == NeedStatus.CANCELLED)
		there = status in THERE[AT_OUR_WAREHOUSE]
		was_there = need.status in THERE[AT_OUR_WAREHOUSE]
		since = need.available_utc
		if not there:
			since = None
		elif not since or not was_there or (status == NeedStatus.IN_VAN) > (need.status == NeedStatus.IN_VAN):
			since = instants.utc_column(instants.now())
		return {
			"status": status.value,
			"is_open": int(status not in OVER),
			"held_qty": figures.held,
			"reserved_warehouse": self.warehouse,
			"van_qty": figures.in_van,
			"transit_qty": figures.in_transit,
			"ordered_qty": figures.ordered,
			"used_qty": figures.used,
			"expected_on": self.coming.expected_on if figures.to_reserve else None,
			"transfer_request": self.coming.transfer_request,
			"purchase_request": self.coming.purchase_request,
			"purchase_order": self.coming.purchase_order,
			"available_utc": since,
		}


def of(needs: Collection[Any], *, latest: bool = False, asking: bool = False) -> dict[str, Found]:
	"""Name → what is found out about it. needs: rows with the columns of READ. latest: as for `reservations.of_needs`.

	asking: what is asked for is read in the same way, by whoever is going to ask for more.
	"""
	names = [need.name for need in needs]
	rows: dict[str, list[Any]] = defaultdict(list)
	for row in reservations.of_needs(names, latest=latest):
		rows[row.part_need].append(row)
	coming = supply.coming_for(names, latest=asking)
	places = vans.Places({need.service_request for need in needs})
	return {
		need.name: _found(need, rows[need.name], coming.get(need.name, supply.Coming()), places)
		for need in needs
	}


def _found(need: Any, rows: list[Any], coming: supply.Coming, places: vans.Places) -> Found:
	held: dict[str, float] = defaultdict(float)
	used = 0.0
	for row in rows:
		if row.held:
			held[row.warehouse] += flt(row.qty)
		else:
			used += flt(row.qty)
	in_van = sum(qty for name, qty in held.items() if places.is_van(name, need.service_request))
	in_transit = sum(qty for name, qty in held.items() if places.is_transit(name))
	most = max(sorted(held), key=lambda name: held[name], default=None)
	figures = Figures(
		wanted=flt(need.stock_qty),
		held=sum(held.values()) - in_van - in_transit,
		in_van=in_van,
		in_transit=in_transit,
		ordered=coming.ordered,
		used=used,
	)
	return Found(figures, most, coming)


def _locked(names: Collection[str]) -> list[Any]:
	if not names:
		return []
	need = frappe.qb.DocType(NEED)
	return locks.rows(
		frappe.qb.from_(need)
		.select(*(need[field] for field in READ))
		.where(need.name.isin(sorted(names)))
		.orderby(need.name)
	)
