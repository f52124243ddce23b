"""Reads the stock movements of a chunk of serial numbers, and the delivery documents among them.

They are in Serial and Batch Bundles and, on sites that were upgraded from older versions, in the text of the Stock Ledger.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import frappe
from frappe.utils import getdate, strip_html

from support_service.erpnext_takeover.units.journey_rules import Movement, Voucher
from support_service.foundation.platform import posted_at

LEDGER = "Stock Ledger Entry"
INSTALLATION = "Installation Note"
BUNDLE, ENTRY = "Serial and Batch Bundle", "Serial and Batch Entry"
# what delivers to customers and takes back from them
DELIVERIES = ("Delivery Note", "Sales Invoice")
FACTS = (
	"name",
	"customer",
	"company",
	"is_internal_customer",
	"contact_person",
	"shipping_address_name",
	"customer_address",
	"shipping_address",
	"address_display",
)
PAGE = 2000

Facts = dict[Voucher, Any]


def of_serials(items: dict[str, str]) -> tuple[dict[str, list[Movement]], Facts]:
	"""Movements by serial number, and the facts of the deliveries among them. items: serial number → its item."""
	raw = _from_bundles(items)
	without = {serial: item for serial, item in items.items() if serial not in raw}
	if without:
		raw |= _from_ledger_text(without)
	facts = _facts({row[0] for rows in raw.values() for row in rows})
	return {serial: [_movement(row, facts) for row in rows] for serial, rows in raw.items()}, facts


def installations(
	deliveries: Collection[Voucher], serials: Collection[str]
) -> dict[str, tuple[Voucher, date]]:
	"""Serial number → (Installation Note, its day), the last one of those that name one of `deliveries`."""
	notes, row = frappe.qb.DocType(INSTALLATION), frappe.qb.DocType(f"{INSTALLATION} Item")
	names = sorted(name for doctype, name in deliveries if doctype == "Delivery Note")
	if not names:
		return {}
	rows = (
		frappe.qb.from_(row)
		.join(notes)
		.on(notes.name == row.parent)
		.select(notes.name.as_("note"), notes.inst_date, row.serial_no, row.serial_and_batch_bundle)
		.where(row.prevdoc_docname.isin(names) & (notes.docstatus == 1))
		.orderby(notes.inst_date, notes.creation)
	).run(as_dict=True)
	bundles = _numbers_of(row.serial_and_batch_bundle for row in rows)
	wanted = {serial.casefold(): serial for serial in serials}
	found: dict[str, tuple[Voucher, date]] = {}
	for line in rows:
		text = (line.serial_no or "").replace(",", "\n").split("\n")
		for number in bundles.get(line.serial_and_batch_bundle) or text:
			if serial := wanted.get(number.strip().casefold()):
				found[serial] = ((INSTALLATION, line.note), line.inst_date)
	return found


def site_of(fact: Any) -> dict[str, Any]:
	"""Where a delivery went, as fields of a new unit."""
	display = fact.shipping_address if fact.shipping_address_name else fact.address_display
	return {
		"company": fact.company,
		"site_address": fact.shipping_address_name or fact.customer_address,
		"site_address_display": strip_html(display or "").strip() or None,
		"contact": fact.contact_person,
	}


def _numbers_of(bundles: Iterable[str | None]) -> dict[str, list[str]]:
	names = sorted({name for name in bundles if name})
	found: dict[str, list[str]] = defaultdict(list)
	if names:
		for parent, serial in frappe.get_all(
			ENTRY,
			{"parent": ("in", names), "serial_no": ("is", "set")},
			["parent", "serial_no"],
			as_list=True,
			order_by=None,
		):
			found[parent].append(serial)
	return found


def _movement(row: tuple, facts: Facts) -> Movement:
	voucher, outward, day, at = row
	fact = facts.get(voucher)
	# a delivery to another company of the same owner reaches no customer
	customer = fact.customer if fact and not fact.is_internal_customer else None
	return Movement(voucher, outward, day, at, customer)


def _from_bundles(items: Collection[str]) -> dict[str, list[tuple]]:
	entry, bundle = frappe.qb.DocType(ENTRY), frappe.qb.DocType(BUNDLE)
	query = (
		frappe.qb.from_(entry)
		.join(bundle)
		.on(bundle.name == entry.parent)
		.select(
			entry.serial_no,
			bundle.voucher_type,
			bundle.voucher_no,
			bundle.type_of_transaction,
			posted_at(bundle),
			bundle.creation,
		)
		.where(entry.serial_no.isin(list(items)))
		.where(bundle.docstatus == 1)
		.where(bundle.is_cancelled == 0)
		.where(bundle.type_of_transaction.isin(("Inward", "Outward")))
	)
	found: dict[str, list[tuple]] = defaultdict(list)
	for serial, doctype, name, direction, at, made in query.run():
		found[serial].append(((doctype, name), direction == "Outward", getdate(at), (at, made)))
	return dict(found)


def _from_ledger_text(items: dict[str, str]) -> dict[str, list[tuple]]:
	"""Movements of serial numbers from before version 15, when the Stock Ledger held the numbers as text, one a line."""
	wanted = {serial.casefold(): serial for serial in items}
	found: dict[str, list[tuple]] = defaultdict(list)
	for row in _ledger_rows(sorted(set(items.values()))):
		outward = row.actual_qty < 0
		at = (_moment(row.posting_date, row.posting_time), row.creation)
		for number in row.serial_no.split("\n"):
			if serial := wanted.get(number.strip().casefold()):
				found[serial].append(((row.voucher_type, row.voucher_no), outward, row.posting_date, at))
	return dict(found)


def _ledger_rows(items: list[str]) -> Iterator[Any]:
	"""Ledger rows of `items` that hold numbers, page by page, so that a long history is never in memory at once."""
	ledger = frappe.qb.DocType(LEDGER)
	for item in items:
		after = ""
		while True:
			page = (
				frappe.qb.from_(ledger)
				.select(
					ledger.name,
					ledger.voucher_type,
					ledger.voucher_no,
					ledger.posting_date,
					ledger.posting_time,
					ledger.actual_qty,
					ledger.serial_no,
					ledger.creation,
				)
				.where((ledger.item_code == item) & (ledger.is_cancelled == 0) & (ledger.name > after))
				.where(ledger.serial_no.isnotnull() & (ledger.serial_no != ""))
				.orderby(ledger.name)
				.limit(PAGE)
			).run(as_dict=True)
			yield from page
			if len(page) < PAGE:
				break
			after = page[-1].name


def _facts(vouchers: Collection[Voucher]) -> Facts:
	found: Facts = {}
	for doctype in DELIVERIES:
		names = sorted(name for kind, name in vouchers if kind == doctype)
		if names:
			for row in frappe.get_all(doctype, {"name": ("in", names)}, list(FACTS), order_by=None):
				found[doctype, row.name] = row
	return found


def _moment(day: Any, hour: Any) -> datetime:
	return datetime.combine(getdate(day), datetime.min.time()) + (hour or timedelta())
