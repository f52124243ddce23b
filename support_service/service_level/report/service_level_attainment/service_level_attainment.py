"""How many promises were kept, per clock and, if wanted, per team, customer, priority or month.

Counted by the database, so that everybody counts exactly the promises they may see.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import frappe
from frappe import _
from frappe.query_builder import CustomFunction, DocType
from frappe.query_builder.functions import Count
from frappe.utils import add_days, flt, getdate

from support_service.foundation.platform import visible
from support_service.service_level.clock import registry
from support_service.service_level.clock.attainment_rules import Tally, tally, total

CLOCK = "Service Clock"
GROUPS = {
	"Team": ("team", "Link", "Service Team"),
	"Customer": ("customer", "Link", "Customer"),
	"Priority": ("priority", "Data", ""),
	"Month": ("month", "Data", ""),
}
LEFT = CustomFunction("left", ["text", "length"])
COUNTS = ("promises", "met", "missed", "running", "not_needed")


class UnknownGroupingError(frappe.ValidationError):
	"""The report cannot be grouped by that."""


def execute(filters: dict[str, Any] | None = None) -> tuple:
	"""Columns, rows, message, chart and summary, as Frappe's script reports return them.

	filters: from_date and to_date (of the start of the promise, inclusive), kind, team, customer, group_by (one of
	GROUPS).
	"""
	wanted = frappe._dict(filters or {})
	group = _group(wanted.group_by)
	keys = ("kind", group[0]) if group else ("kind",)
	tallies = tally(_count(wanted, keys), keys)
	order = {name: position for position, name in enumerate(registry.registered())}
	tallies = dict(sorted(tallies.items(), key=lambda item: (order.get(item[0][0], 99), str(item[0][1:]))))
	rows = [_row(keys, values, counted) for values, counted in tallies.items()]
	return _columns(group), rows, None, _chart(tallies), _summary(total(tallies.values()))


def _group(name: str | None) -> tuple[str, str, str] | None:
	if not name:
		return None
	if name not in GROUPS:
		frappe.throw(
			_("Group by one of: {0}.").format(", ".join(_(group) for group in GROUPS)), UnknownGroupingError
		)
	return GROUPS[name]


def _count(wanted: Any, keys: tuple[str, ...]) -> list[dict[str, Any]]:
	clock = DocType(CLOCK)
	# 2026-01
	groups = {key: LEFT(clock.started_at, 7) if key == "month" else clock[key] for key in (*keys, "state")}
	query = frappe.qb.from_(clock).select(
		*(term.as_(key) for key, term in groups.items()), Count("*").as_("count")
	)
	for condition in _conditions(clock, wanted):
		query = query.where(condition)
	return query.groupby(*groups.values()).run(as_dict=True)


def _conditions(clock: Any, wanted: Any) -> Iterator[Any]:
	if wanted.from_date:
		yield clock.started_at >= getdate(wanted.from_date)
	if wanted.to_date:
		yield clock.started_at < add_days(getdate(wanted.to_date), 1)
	for field in ("kind", "team", "customer"):
		if wanted.get(field):
			yield clock[field] == wanted[field]
	if condition := visible(CLOCK):
		yield condition


def _row(keys: tuple[str, ...], values: tuple[Any, ...], counted: Tally) -> dict[str, Any]:
	row = dict(zip(keys, values, strict=True))
	row["clock"] = _(row.pop("kind"))
	if row.get("priority"):
		row["priority"] = _(row["priority"], context="Service Request")
	return {
		**row,
		**{name: getattr(counted, name) for name in COUNTS},
		"percent_met": counted.percent_met,
	}


def _columns(group: tuple[str, str, str] | None) -> list[dict[str, Any]]:
	columns = [{"fieldname": "clock", "label": _("Clock"), "fieldtype": "Data", "width": 180}]
	if group:
		fieldname, fieldtype, options = group
		label = next(name for name, known in GROUPS.items() if known is group)
		columns.append(
			{
				"fieldname": fieldname,
				"label": _(label),
				"fieldtype": fieldtype,
				"options": options,
				"width": 180,
			}
		)
	columns += [
		{"fieldname": name, "label": label, "fieldtype": "Int", "width": 120}
		for name, label in zip(COUNTS, _labels(), strict=True)
	]
	return [
		*columns,
		{
			"fieldname": "percent_met",
			"label": _("Met %"),
			"fieldtype": "Percent",
			"precision": 1,
			"width": 120,
		},
	]


def _labels() -> tuple[str, ...]:
	"""Of COUNTS; in the words of a clock's states, which other apps use for other things."""
	return (
		_("Promises"),
		_("Met", context="Service Clock"),
		_("Missed", context="Service Clock"),
		_("Still Running"),
		_("Not Needed", context="Service Clock"),
	)


def _chart(tallies: dict[tuple[Any, ...], Tally]) -> dict[str, Any] | None:
	"""Met and missed promises side by side, one bar pair per clock whatever the grouping."""
	names = list(dict.fromkeys(values[0] for values in tallies))
	if not names:
		return None
	_promises, met, missed, *_others = _labels()
	of_clock = [total(counted for values, counted in tallies.items() if values[0] == name) for name in names]
	return {
		"type": "bar",
		"barOptions": {"stacked": 1},
		"colors": ["#28a745", "#e24c4c"],
		"data": {
			"labels": [_(name) for name in names],
			"datasets": [
				{"name": met, "values": [counted.met for counted in of_clock]},
				{"name": missed, "values": [counted.missed for counted in of_clock]},
			],
		},
	}


def _summary(whole: Tally) -> list[dict[str, Any]]:
	colours = ("Gray", "Green", "Red", "Blue")  # all but those not needed
	cards = [
		{"label": label, "value": getattr(whole, name), "datatype": "Int", "indicator": colour}
		for name, label, colour in zip(COUNTS, _labels(), colours, strict=False)
	]
	if whole.percent_met is not None:
		percent = {"label": _("Met %"), "value": f"{flt(whole.percent_met, 1):g} %", "datatype": "Data"}
		cards.insert(0, {**percent, "indicator": "Green" if whole.percent_met >= 95 else "Orange"})
	return cards
