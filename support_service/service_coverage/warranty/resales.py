"""Whether a unit that was returned and is delivered to the same customer again comes from repair or was sold again.

Found out from ERPNext's documents: a unit that was returned for credit was given back for good; without a credit it still
belongs to the customer. What that means for the warranty is up to the policy (`rules.is_sale`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from frappe.utils import cstr, flt

from support_service.constants.words import N_
from support_service.foundation import language
from support_service.installed_base import unit_events, unit_timeline
from support_service.installed_base.deliveries import moved_goods
from support_service.installed_base.placement_rules import CANCELLATIONS
from support_service.installed_base.unit_events import UnitEvent
from support_service.service_coverage.warranty import rules
from support_service.service_coverage.warranty.policy_rules import Resale
from support_service.service_coverage.warranty.register import WarrantyRegister
from support_service.service_coverage.warranty.store import Row

RETURNED = "Returned"
NOTE, INVOICE = "Delivery Note", "Sales Invoice"
Reference = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Redelivery:
	"""A delivery of a returned unit. credited: the return before it was credited; charged: the delivery has a price."""

	credited: bool = False
	charged: bool = False


def redeliveries_of(events: Sequence[UnitEvent]) -> dict[str, Redelivery]:
	"""Unit → what ERPNext's documents say of its delivery, for those of `events` that deliver a returned unit."""
	again = {
		event.unit: event.reference
		for event in events
		if event.event == unit_events.DELIVERED and event.old_value == RETURNED and event.reference
	}
	if not again:
		return {}
	serials = dict(
		frappe.get_all(
			"Installed Unit",
			filters={"name": ("in", sorted(again)), "serial_no": ("is", "set")},
			fields=["name", "serial_no"],
			as_list=True,
			order_by=None,
		)
	)
	returns = _returns_before({unit: again[unit] for unit in serials})
	sold = _rows_of({again[unit] for unit in serials}, outward=True)
	came_back = _rows_of({back for backs in returns.values() for back in backs}, outward=False)
	amounts = _amounts([(doctype, row) for (doctype, _name), rows in sold.items() for row in rows.values()])
	credited = _credited(came_back)
	return {
		unit: Redelivery(
			credited=any((back, serial) in credited for back in returns[unit]),
			charged=bool(amounts.get((again[unit][0], sold[again[unit]].get(serial, "")))),
		)
		for unit, serial in serials.items()
	}


def why_sold(register: WarrantyRegister, given: Row, event: UnitEvent, again: Redelivery) -> str | None:
	"""Why a delivery to the customer of the warranty `given` is a new sale; None where it is none."""
	if event.old_value != RETURNED:
		return None  # it was not returned before
	policy = register.policy_for(event.unit, event.happened_on) or register.policies.by_name.get(
		given["policy"] or ""
	)
	rule = policy.resale if policy else Resale.CREDITED
	if not rules.is_sale(
		rule,
		credited=again.credited,
		charged=again.charged,
		ends_on=given["ends_on"],
		day=event.happened_on,
	):
		return None
	if again.credited:
		return _say(N_("Sold again after it was returned for credit: a new warranty"))
	if rule == Resale.ANY:
		return _say(N_("Sold again: by the policy every return ends the warranty, and a new one starts"))
	return _say(N_("Sold again after its warranty was over: a new warranty"))


def voided_by_hand(register: WarrantyRegister, unit: str) -> Row | None:
	"""The latest warranty of the unit as a whole, if a person has voided it: coming back from repair gives no new one."""
	own = [row for row in register.by_unit.get(unit, []) if row["name"] and not row["fitted_part"]]
	if not own:
		return None
	ledger = register.ledgers().get(own[-1]["name"], [])
	by_hand = ledger and ledger[-1].event == rules.Event.VOIDED and not ledger[-1].reference_name
	return own[-1] if by_hand else None


def _returns_before(again: dict[str, Reference]) -> dict[str, list[Reference]]:
	"""Unit → the returns since it was delivered last, before the delivery named by `again`; cancelled ones do not count."""
	of_unit = unit_timeline.of(again)
	found: dict[str, list[Reference]] = {}
	for unit, reference in again.items():
		steps = of_unit.get(unit, [])
		undone = {unit_timeline.reference_of(row) for row in steps if row.event in CANCELLATIONS}
		found[unit] = []
		for row in steps:
			if unit_timeline.reference_of(row) == reference:
				break  # entered late: what came back afterwards does not count
			if not row.reference_name or unit_timeline.reference_of(row) in undone:
				continue
			if row.event == unit_events.DELIVERED:
				found[unit] = []
			elif row.event == unit_events.RETURNED:
				found[unit].append(unit_timeline.reference_of(row))
	return found


def _rows_of(references: Iterable[Reference], *, outward: bool) -> dict[Reference, dict[str, str]]:
	"""Document → serial number → name of the document's row that moved it."""
	names: dict[str, list[str]] = defaultdict(list)
	rows: dict[Reference, dict[str, str]] = defaultdict(dict)
	for doctype, name in references:
		names[doctype].append(name)
	for doctype, some in names.items():
		for name, moved in moved_goods.serials(doctype, some, outward=outward).items():
			rows[doctype, name] = {line.serial_no: line.row for line in moved}
	return rows


def _amounts(rows: Collection[Reference]) -> dict[Reference, float]:
	"""(DocType of the document, name of its row) → amount of the row."""
	found: dict[Reference, float] = {}
	for doctype in (NOTE, INVOICE):
		names = [row for kind, row in rows if kind == doctype]
		if names:
			for row in frappe.get_all(
				f"{doctype} Item",
				filters={"name": ("in", names)},
				fields=["name", "amount"],
				order_by=None,
			):
				found[doctype, row.name] = flt(row.amount)
	return found


def _credited(came_back: dict[Reference, dict[str, str]]) -> set[tuple[Reference, str]]:
	"""(return, serial number) of what was credited: by the return itself, or by a credit note for what it took back."""
	amounts = _amounts([(back[0], row) for back, rows in came_back.items() for row in rows.values()])
	by_note = _Credits(row for back, rows in came_back.items() if back[0] == NOTE for row in rows.values())
	return {
		(back, serial)
		for back, rows in came_back.items()
		for serial, row in rows.items()
		if (by_note.covers(row, serial) if back[0] == NOTE else amounts.get((back[0], row)))
	}


class _Credits:
	"""The credit notes for rows of returning Delivery Notes: made from the return, or from the invoice of what was sold.

	Only a full credit on or after the day of the return counts: a discount granted after a complaint is none.
	"""

	def __init__(self, rows: Iterable[str]) -> None:
		fields = ["name", "parent", "dn_detail", "si_detail", "stock_qty", "amount"]
		self.rows = {row.name: row for row in _get("Delivery Note Item", "name", rows, fields)}
		self.days = {
			row.name: row.posting_date
			for row in _get(
				NOTE, "name", {row.parent for row in self.rows.values()}, ["name", "posting_date"]
			)
		}
		sold = {row.dn_detail for row in self.rows.values() if row.dn_detail}
		self.returned: dict[str, float] = defaultdict(float)
		for row in _get("Delivery Note Item", "dn_detail", sold, ["dn_detail", "stock_qty"]):
			self.returned[row.dn_detail] += abs(flt(row.stock_qty))
		invoiced = {row.si_detail for row in self.rows.values() if row.si_detail}
		self.notes = _credit_rows("dn_detail", {*self.rows, *sold}) | _credit_rows(
			"sales_invoice_item", invoiced
		)
		self.prices = _prices("Delivery Note Item", {*self.rows, *sold}) | _prices(
			"Sales Invoice Item",
			{note.sales_invoice_item for notes in self.notes.values() for note in notes},
		)

	def covers(self, name: str, serial: str) -> bool:
		"""Whether `serial`, returned by the Delivery Note row `name`, was credited."""
		row = self.rows.get(name)
		if not row:
			return False
		came_back = self.returned.get(row.dn_detail) or abs(flt(row.stock_qty))
		return (
			self._enough(row, [name], abs(flt(row.stock_qty)), serial)
			# where some of what came back was credited only, the credit note's own serial numbers say which
			or self._enough(row, [row.dn_detail, row.si_detail], came_back, serial)
		)

	def _enough(self, row: Any, keys: Iterable[str | None], pieces: float, serial: str) -> bool:
		day = self.days[row.parent]
		notes = {
			note.name: note
			for key in keys
			if key
			for note in self.notes.get(key, ())
			if note.posting_date >= day
		}.values()
		of_serial = [note for note in notes if serial in moved_goods.lines_of(cstr(note.serial_no))]
		if flt(sum(self._worth(row, note) / abs(flt(note.stock_qty)) for note in of_serial), 2) >= 1:
			return True
		credited = min(
			sum(abs(flt(note.stock_qty)) for note in notes), sum(self._worth(row, note) for note in notes)
		)
		return bool(notes) and flt(credited, 2) >= pieces

	def _worth(self, row: Any, note: Any) -> float:
		"""How many pieces of what was sold the credit note pays back."""
		prices = (self.prices.get(key) for key in (note.sales_invoice_item, row.dn_detail, row.name))
		price = next(filter(None, prices), 0.0)
		return abs(flt(note.amount)) / price if price else abs(flt(note.stock_qty))


def _credit_rows(column: str, values: Collection[str]) -> dict[str, list[Any]]:
	"""Rows of submitted credit notes that give money back, by what they name in `column`."""
	found: dict[str, list[Any]] = defaultdict(list)
	if not values:
		return found
	row, invoice = frappe.qb.DocType("Sales Invoice Item"), frappe.qb.DocType(INVOICE)
	fields = [row[name] for name in ("name", "stock_qty", "amount", "serial_no", "sales_invoice_item")]
	for note in (
		frappe.qb.from_(row)
		.join(invoice)
		.on(invoice.name == row.parent)
		.select(*fields, row[column].as_("key"), invoice.posting_date)
		.where(row[column].isin(sorted(values)) & (row.amount < 0) & (row.stock_qty < 0))
		.where((invoice.docstatus == 1) & (invoice.is_return == 1))
	).run(as_dict=True):
		found[note.key].append(note)
	return found


def _prices(doctype: str, names: Collection[str | None]) -> dict[str, float]:
	"""Row → what it charges for a piece, in the currency of its document."""
	rows = _get(doctype, "name", filter(None, names), ["name", "amount", "stock_qty"])
	return {row.name: abs(flt(row.amount)) / abs(flt(row.stock_qty)) for row in rows if flt(row.stock_qty)}


def _get(doctype: str, column: str, values: Iterable[str], fields: Sequence[str]) -> list[Any]:
	wanted = sorted(set(values))
	filters = {column: ("in", wanted or [""]), "docstatus": 1}
	return frappe.get_all(doctype, filters=filters, fields=list(fields), order_by=None)


def _say(text: str) -> str:
	return _(text, language.of_site())
