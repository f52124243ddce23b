"""Which warehouses are the vans of those who go to a case, and which are on the way between two others."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

import frappe

TRANSIT = "Transit"  # ERPNext's Warehouse Type


class Places:
	"""Vans of several cases, read once; transit warehouses as they are asked for."""

	def __init__(self, cases: Collection[str]) -> None:
		self._vans = of_cases(cases)
		self._transit: dict[str, bool] = {}

	def is_van(self, warehouse: str, case: str) -> bool:
		"""Whether `warehouse` is the van of somebody who goes to `case`."""
		return warehouse in self._vans.get(case, ())

	def is_transit(self, warehouse: str) -> bool:
		if warehouse not in self._transit:
			kind = frappe.get_cached_value("Warehouse", warehouse, "warehouse_type")
			self._transit[warehouse] = kind == TRANSIT
		return self._transit[warehouse]


def of_cases(cases: Collection[str]) -> dict[str, list[str]]:
	"""Case → vans of its engineer and of the engineers of its planned visits, the case's engineer first."""
	wanted = sorted(case for case in cases if case)
	if not wanted:
		return {}
	going = [
		(row.name, row.engineer)
		for row in frappe.get_all(
			"Service Request", filters={"name": ("in", wanted)}, fields=["name", "engineer"], order_by=None
		)
	]
	going += [
		(row.service_request, row.engineer)
		for row in frappe.get_all(
			"Engineer Visit",
			filters={"service_request": ("in", wanted), "docstatus": 0},
			fields=["service_request", "engineer"],
			order_by="planned_start, name",
		)
	]
	van_of = _van_of(engineer for _case, engineer in going)
	found: dict[str, list[str]] = defaultdict(list)
	for case, engineer in going:
		van = van_of.get(engineer)
		if van and van not in found[case]:
			found[case].append(van)
	return dict(found)


def all_vans() -> set[str]:
	"""Every warehouse that is somebody's van."""
	vans = frappe.get_all("Service Engineer", filters={"van_warehouse": ("is", "set")}, pluck="van_warehouse")
	return set(vans)


def _van_of(engineers: Iterable[str | None]) -> dict[str, str]:
	wanted = sorted({engineer for engineer in engineers if engineer})
	if not wanted:
		return {}
	rows = frappe.get_all(
		"Service Engineer",
		filters={"name": ("in", wanted)},
		fields=["name", "van_warehouse"],
		order_by=None,
	)
	return {row.name: row.van_warehouse for row in rows if row.van_warehouse}
