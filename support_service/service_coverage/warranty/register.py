"""The register of warranties: the one writer of Service Warranty and of its ledger, Service Warranty Entry.

Changes are collected in memory and written in a few statements: a delivery of a thousand units reads what it needs once,
decides in memory and is written at the end. A change by hand goes the same way. A row of Service Warranty always follows
from its ledger.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import frappe
from frappe.utils import cint, getdate, now_datetime

from support_service.foundation.names import series
from support_service.foundation.names.keys import key_of
from support_service.service_coverage.warranty import display, policies, rules, store
from support_service.service_coverage.warranty.policy_rules import Facts, Policy
from support_service.service_coverage.warranty.rules import Entry, Event, Status, Suspension, Terms
from support_service.service_coverage.warranty.store import Row


@dataclass(frozen=True, slots=True)
class Why:
	"""The cause of a ledger row. key: unique per warranty and event, so that one cause writes one row however often it comes.

	effective_on: the day from which the row counts. reference: DocType and name of the document that caused it.
	"""

	key: str
	effective_on: date
	reason: str | None = None
	reference: tuple[str, str] | None = None


class WarrantyRegister:
	"""The warranties of some units, whose rows are locked; `begin` and `change` collect changes, `flush` writes them."""

	def __init__(self, units: Iterable[str], facts: Mapping[str, Row] | None = None) -> None:
		names = sorted(set(units))
		self.facts = dict(facts) if facts is not None else store.lock_units(names)
		self.by_unit = store.of_units(names)
		self.policies = policies.policy_set()
		self._today = getdate()
		self._groups: dict[str, tuple[str, ...]] | None = None
		self._chosen: dict[tuple[Any, ...], Policy | None] = {}
		self._ledgers: dict[str, list[Row]] | None = None
		self._new: list[Row] = []
		self._changed: dict[str, Row] = {}
		self._entries: list[Row] = []

	def not_void(self, unit: str) -> list[Row]:
		"""Warranties of `unit` and of parts in it that are not void, oldest first."""
		return [row for row in self.by_unit.get(unit, []) if row["status"] != Status.VOID]

	def own(self, unit: str) -> Row | None:
		"""The warranty of the unit as a whole that is not void; None without one."""
		return next((row for row in reversed(self.not_void(unit)) if not row["fitted_part"]), None)

	def ledgers(self) -> dict[str, list[Row]]:
		"""Ledger rows by warranty, of every stored warranty of these units; read once."""
		if self._ledgers is None:
			names = [row["name"] for rows in self.by_unit.values() for row in rows if row["name"]]
			self._ledgers = store.entries_of(names)
		return self._ledgers

	def policy_for(self, unit: str, day: date) -> Policy | None:
		"""The policy that holds for `unit` on `day`."""
		fact = self.facts[unit]
		key = (fact["item_code"], fact["item_group"], fact["brand"], fact["company"], day)
		if key not in self._chosen:
			self._chosen[key] = self.policies.choose(self._policy_facts(fact), day)
		return self._chosen[key]

	def begin(
		self,
		unit: str,
		policy: Policy | None,
		terms: Terms,
		why: Why,
		*,
		customer: str | None = None,
		awaits_start: bool = False,
		part: Mapping[str, Any] | None = None,
	) -> Row:
		"""Add a warranty with its first ledger row. part: `fitted_part`, `part_item`, `part_serial` of a fitted part."""
		fact, siblings = self.facts[unit], self.by_unit.setdefault(unit, [])
		doctype, name = why.reference or (None, None)
		what = part["fitted_part"] if part else len([row for row in siblings if not row["fitted_part"]]) + 1
		row: Row = {
			**dict.fromkeys(store.FIELDS),
			"installed_unit": unit,
			**{field: fact[field] for field in ("unit_name", "item_code", "serial_label", "company")},
			"policy": policy.name if policy else None,
			"reference_doctype": doctype,
			"reference_name": name,
			# unique: of two transactions that both see no warranty yet only one can add it
			"source_key": f"{unit}|{what}",
			"awaits_start": cint(awaits_start),
			"entries": 0,
			"imported": 0,
			**(part or {}),
		}
		event = Event.REGISTERED if awaits_start else Event.STARTED
		siblings.append(row)
		self._new.append(row)
		self._enter(row, event, why, terms=terms, customer=customer or fact["customer"])
		return row

	def change(
		self,
		row: Row,
		event: Event,
		why: Why,
		*,
		terms: Terms | None = None,
		customer: str | None = None,
		suspension: Suspension | None = None,
	) -> None:
		"""Add a ledger row to one of these warranties."""
		if event in rules.BRINGS_TERMS:
			row["awaits_start"] = int(event == Event.REGISTERED)
		self._enter(row, event, why, terms=terms, customer=customer, suspension=suspension)
		row["settled_on"] = max(filter(None, (row["settled_on"], why.effective_on)))
		if row["name"]:
			self._changed[row["name"]] = row

	def flush(self) -> None:
		"""Write all changes, and the last day that units and serial numbers show."""
		if not (self._new or self._changed):
			return
		naming = series.default_series(store.WARRANTY)
		names = series.reserve(store.WARRANTY, naming, self._new)
		for row, name in zip(self._new, names, strict=True):
			row.update(name=name, naming_series=naming)
		self._name_customers([*self._new, *self._changed.values()])
		store.insert_warranties(self._new)
		store.update_warranties(list(self._changed.values()))
		moment = now_datetime()
		store.insert_entries([_named(entry, moment) for entry in self._entries])
		# warranties of parts change nothing of what a unit shows
		own = [row for row in (*self._new, *self._changed.values()) if not row["fitted_part"]]
		self._new, self._changed, self._entries = [], {}, []
		display.refresh(sorted({row["installed_unit"] for row in own}))

	def _enter(self, row: Row, event: Event, why: Why, **more: Any) -> None:
		first = not row["entries"]
		row["entries"] = cint(row["entries"]) + 1
		entry = Entry(row["entries"], event, why.effective_on, **more)
		before = rules.State(entry.terms or Terms(None)) if first else store.as_state(row)
		row.update(store.state_columns(rules.step(before, entry), self._today))
		self._entries.append(_entry_row(row, entry, why))

	def _policy_facts(self, fact: Row) -> Facts:
		if self._groups is None:
			self._groups = policies.with_ancestors(other["item_group"] for other in self.facts.values())
		return {
			"item": tuple(filter(None, (fact["template"], fact["item_code"]))),
			"item_group": self._groups.get(fact["item_group"] or "", ()),
			"brand": fact["brand"],
			"company": fact["company"],
		}

	def _name_customers(self, written: Sequence[Row]) -> None:
		known = {fact["customer"]: fact["customer_name"] for fact in self.facts.values()}
		missing = {row["customer"] for row in written if row["customer"]} - {
			customer for customer, name in known.items() if name
		}
		if missing:
			known |= {
				row.name: row.customer_name
				for row in frappe.get_all(
					"Customer", filters={"name": ("in", sorted(missing))}, fields=["name", "customer_name"]
				)
			}
		for row in written:
			row["customer_name"] = known.get(row["customer"])


def _entry_row(row: Row, entry: Entry, why: Why) -> Row:
	"""The ledger row, with the terms that hold after it. `_named` puts in the warranty's name, which a new one gets last."""
	doctype, name = why.reference or (None, None)
	return {
		"name": frappe.generate_hash(length=12),
		"warranty": row,
		"installed_unit": row["installed_unit"],
		"no": entry.no,
		"event": str(entry.event),
		"effective_on": entry.effective_on,
		"customer": entry.customer,
		**{field: row[field] for field in store.TERMS},
		"suspension": str(entry.suspension) if entry.suspension else None,
		"reason": why.reason,
		"recorded_by": frappe.session.user,
		"reference_doctype": doctype,
		"reference_name": name,
		"entry_key": why.key,
	}


def _named(entry: Row, moment: datetime) -> Row:
	warranty = entry["warranty"]["name"]
	return {
		**entry,
		"warranty": warranty,
		"recorded_at": moment,
		"entry_key": key_of(warranty, entry["event"], entry["entry_key"]),
	}
