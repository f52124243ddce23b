"""Reads and writes rows of Service Warranty and Service Warranty Entry, for the register (`register.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import frappe
from frappe.utils import flt, getdate

from support_service.foundation import locks, packed, rows
from support_service.service_coverage.vocabulary import Kind
from support_service.service_coverage.warranty import rules
from support_service.service_coverage.warranty.policies import COLUMNS
from support_service.service_coverage.warranty.rules import Entry, Event, State, Status, Suspension, Terms

WARRANTY, ENTRY, UNIT = "Service Warranty", "Service Warranty Entry", "Installed Unit"
Row = dict[str, Any]

TERMS = (
	"starts_on",
	*(f"{column}_until" for column in COLUMNS.values()),
	*(f"share_{column}" for column in COLUMNS.values()),
)
_DATES = tuple(name for name in TERMS if not name.startswith("share_"))
# what follows from the ledger
DERIVED = (*TERMS, "ends_on", "status", "suspension", "customer", "customer_name")
BOOKKEEPING = ("awaits_start", "settled_on", "entries", "imported")
CHANGING = (*DERIVED, *BOOKKEEPING)
FIXED = (
	"naming_series",
	"installed_unit",
	"unit_name",
	"item_code",
	"serial_label",
	"company",
	"fitted_part",
	"part_item",
	"part_serial",
	"policy",
	"reference_doctype",
	"reference_name",
	"source_key",
)
FIELDS = ("name", *FIXED, *CHANGING)
# what a unit says that decides about its warranty
UNIT_FACTS = (
	"name",
	"unit_name",
	"item_code",
	"item_group",
	"brand",
	"company",
	"serial_label",
	"state",
	"customer",
	"customer_name",
	"delivered_on",
	"installed_on",
	"accepted_on",
)


# packed, for a unit may have hundreds of parts with a warranty each
_LOCKED = packed.Packed(
	{name: f"`{name}`" for name in FIELDS},
	dates=(*_DATES, "ends_on", "settled_on"),
	rest=f"from `tab{WARRANTY}` where name in %(names)s order by name for update",
)


def lock_units(units: Sequence[str]) -> dict[str, Row]:
	"""Lock the rows of `units` and return UNIT_FACTS by unit: transactions that change warranties of one unit take turns.

	By primary key, so that no gap is locked and two deliveries of new units never wait for each other. Each row has `template`
	and `own_days` of its item as well: its template, and its own `warranty_period` (days, text in ERPNext).
	"""
	if not units:
		return {}
	unit = frappe.qb.DocType(UNIT)
	found = locks.rows(
		frappe.qb.from_(unit)
		.select(*(unit[name] for name in UNIT_FACTS))
		.where(unit.name.isin(list(units)))
		.orderby(unit.name)
	)
	stated = _stated_by_items({row.item_code for row in found if row.item_code})
	for row in found:
		item = stated.get(row.item_code) or {}
		row.item_group = row.item_group or item.get("item_group")
		row.brand = row.brand or item.get("brand")
		row.template = item.get("variant_of")
		row.own_days = item.get("warranty_period")
	return {row.name: row for row in found}


def _stated_by_items(items: set[str]) -> dict[str, Row]:
	"""Item → what its master says of the units of it."""
	if not items:
		return {}
	fields = ["name", "item_group", "brand", "variant_of", "warranty_period"]
	found = frappe.get_all("Item", filters={"name": ("in", sorted(items))}, fields=fields, order_by=None)
	return {row.name: row for row in found}


def of_units(units: Sequence[str]) -> dict[str, list[Row]]:
	"""Warranties by unit, oldest first, locked and read as committed; the caller holds the units' locks.

	Only rows that exist are locked: their names are read first.
	"""
	found: dict[str, list[Row]] = {unit: [] for unit in units}
	if not units:
		return found
	names = frappe.get_all(
		WARRANTY, filters={"installed_unit": ("in", list(units))}, pluck="name", order_by=None
	)
	for row in locked(names):
		found[row["installed_unit"]].append(row)
	return found


def locked(names: Sequence[str]) -> list[Row]:
	"""The warranties `names` in the order of their names, locked and read as committed."""
	if not names:
		return []
	locks.latest()
	return packed.read(_LOCKED, values={"names": tuple(names)})[0]


def entries_of(warranties: Iterable[str]) -> dict[str, list[Row]]:
	"""Ledger rows by warranty, in the order they were written."""
	names = list(warranties)
	found: dict[str, list[Row]] = {name: [] for name in names}
	if names:
		for row in frappe.get_all(
			ENTRY, filters={"warranty": ("in", names)}, fields=["*"], order_by="warranty, no"
		):
			found[row.warranty].append(row)
	return found


def as_terms(row: Mapping[str, Any]) -> Terms:
	"""The terms in a row of either table."""
	return Terms(
		row["starts_on"],
		{kind: row[f"{column}_until"] for kind, column in COLUMNS.items()},
		{kind: flt(row[f"share_{column}"]) for kind, column in COLUMNS.items()},
	)


def terms_columns(terms: Terms) -> Row:
	columns: Row = {"starts_on": terms.starts_on}
	for kind, column in COLUMNS.items():
		columns[f"{column}_until"] = terms.until.get(kind)
		columns[f"share_{column}"] = terms.shares.get(kind, 0.0)
	return columns


def as_state(row: Mapping[str, Any]) -> State:
	"""The state in a warranty's own row: after its whole ledger."""
	return State(
		as_terms(row),
		row["customer"],
		Suspension(row["suspension"]) if row["suspension"] else None,
		row["status"] == Status.VOID,
	)


def status_today(row: Mapping[str, Any]) -> str:
	"""Today's status, computed from the dates: the stored one is updated at night only."""
	dates = {name: getdate(row[name]) if row[name] else None for name in _DATES}
	return str(rules.status_on(as_state({**row, **dates}), getdate()))


def as_entry(row: Mapping[str, Any]) -> Entry:
	event = Event(row["event"])
	return Entry(
		no=row["no"],
		event=event,
		effective_on=row["effective_on"],
		terms=as_terms(row) if event in rules.BRINGS_TERMS else None,
		customer=row["customer"] or None,
		suspension=Suspension(row["suspension"]) if row["suspension"] else None,
	)


def state_columns(state: State, today: date) -> Row:
	return {
		**terms_columns(state.terms),
		"ends_on": state.terms.ends_on,
		"status": str(rules.status_on(state, today)),
		"suspension": str(state.suspension) if state.suspension else None,
		"customer": state.customer,
	}


def insert_warranties(new: Sequence[Row]) -> None:
	"""Insert warranties; each row has FIELDS."""
	rows.insert(WARRANTY, [{name: row[name] for name in FIELDS} for row in new])


def insert_entries(new: Sequence[Row]) -> None:
	rows.insert(ENTRY, new)


def update_warranties(changed: Sequence[Row]) -> None:
	"""Write the columns CHANGING of warranties this transaction has locked."""
	rows.update(WARRANTY, [{name: row[name] for name in ("name", *CHANGING)} for row in changed])


def kinds_covered(terms: Terms) -> list[Kind]:
	return [kind for kind in Kind if terms.until.get(kind)]
