"""Checking the part rows of a visit: each problem is a sentence that names the row and says what to do. Writes nothing.

A draft may hold whatever the engineer has typed so far; only submitting is refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, flt, get_date_str, getdate, today

from support_service.service_parts import errors
from support_service.service_parts.part_facts import PartFacts

TOOL = "Tool"
TOLERANCE = 1e-6  # quantities are stored with nine decimals


@dataclass(frozen=True, slots=True)
class Problem:
	"""One reason to refuse; `text` is translated and names the row."""

	row: int
	error: type[errors.PartRowError]
	text: str


def problems_of(visit: Document, facts: PartFacts) -> list[Problem]:
	"""All problems of the rows in their order, except those of quantities in stock (`availability`)."""
	found = [problem for row in visit.parts for problem in _problems_of_row(visit, row, facts)]
	return sorted([*found, *_repeated_serials(visit)], key=lambda problem: problem.row)


def has_stock_effect(row: Any, facts: PartFacts) -> bool:
	"""Whether the row draws from stock: ERPNext keeps it of the item, and it is no tool of ours; the rest is only listed."""
	item = facts.items.get(row.item_code)
	# pieces of a loan, which are checked like parts, have no kind
	return bool(item and item.is_stock_item) and row.get("kind") != TOOL


def refuse(problems: list[Problem], title: str | None = None) -> None:
	"""Raise the error of the first problem, with the sentences of all."""
	if problems:
		frappe.throw(
			[problem.text for problem in problems] if len(problems) > 1 else problems[0].text,
			exc=problems[0].error,
			title=title or _("Parts"),
			as_list=len(problems) > 1,
		)


def _problems_of_row(visit: Document, row: Any, facts: PartFacts) -> Iterator[Problem]:
	yield from _item(row, facts)
	yield from _quantity(row, facts)
	if not has_stock_effect(row, facts):
		return
	yield from _warehouse(visit, row, facts)
	yield from _serials(row, facts)
	yield from _batch(row, facts)


def _item(row: Any, facts: PartFacts) -> Iterator[Problem]:
	item = facts.items.get(row.item_code)
	if not item:
		text = _("Row {0}: choose the item that was used.").format(row.idx)
	elif item.disabled:
		text = _("Row {0}: item {1} is disabled. Choose its successor, or have it enabled.").format(
			row.idx, item.name
		)
	elif item.end_of_life and getdate(item.end_of_life) <= getdate(today()):
		text = _("Row {0}: item {1} reached its end of life on {2}. Choose its successor.").format(
			row.idx, item.name, get_date_str(item.end_of_life)
		)
	elif item.has_variants:
		text = _("Row {0}: {1} is a template. Choose one of its variants.").format(row.idx, item.name)
	elif item.name in facts.kits:
		text = _("Row {0}: {1} is a kit (Product Bundle). Enter the parts it is made of instead.").format(
			row.idx, item.name
		)
	else:
		return
	yield Problem(row.idx, errors.PartItemError, text)


def _quantity(row: Any, facts: PartFacts) -> Iterator[Problem]:
	item = facts.items.get(row.item_code)
	qty = flt(row.qty)
	if not qty > 0:  # also refuses what is not a number
		text = _("Row {0}: enter how many of {1} were used; the quantity must be above zero.").format(
			row.idx, row.item_code
		)
		yield Problem(row.idx, errors.PartQuantityError, text)
	elif item and item.stock_uom in facts.whole_uoms and abs(qty - round(qty)) > TOLERANCE:
		text = _("Row {0}: {1} is counted in whole {2}. Enter a whole number.").format(
			row.idx, row.item_code, item.stock_uom
		)
		yield Problem(row.idx, errors.PartQuantityError, text)


def _warehouse(visit: Document, row: Any, facts: PartFacts) -> Iterator[Problem]:
	name = row.draws_from()
	warehouse = facts.warehouses.get(name)
	if not name:
		text = _(
			"Row {0}: say where {1} comes from. Choose a warehouse in the row or on the visit, "
			"or set the engineer's van warehouse."
		).format(row.idx, row.item_code)
	elif not warehouse:
		text = _("Row {0}: warehouse {1} does not exist. Choose another one.").format(row.idx, name)
	elif warehouse.is_group:
		text = _("Row {0}: {1} is a group of warehouses. Choose one inside it.").format(row.idx, name)
	elif warehouse.disabled:
		text = _("Row {0}: warehouse {1} is disabled. Choose another one.").format(row.idx, name)
	elif name in facts.set_aside:
		text = _(
			"Row {0}: {1} holds pieces that nobody may use yet: removed, rejected or lent ones. Choose another warehouse, or have "
			"the piece tested and brought into a store first."
		).format(row.idx, name)
	elif warehouse.company != visit.company:
		text = _(
			"Row {0}: warehouse {1} belongs to {2}, this visit to {3}. Choose a warehouse of {3}."
		).format(row.idx, name, warehouse.company, visit.company)
	else:
		return
	yield Problem(row.idx, errors.PartWarehouseError, text)


def _serials(row: Any, facts: PartFacts) -> Iterator[Problem]:
	item = facts.items[row.item_code]
	serials = row.fitted_serials()
	if not item.has_serial_no:
		if serials:
			text = _("Row {0}: {1} has no serial numbers. Empty the field.").format(row.idx, item.name)
			yield Problem(row.idx, errors.SerialNumberError, text)
		return
	if len(serials) != flt(row.qty):
		text = _("Row {0}: {1} needs one serial number per piece; quantity {2}, serial numbers {3}.").format(
			row.idx, item.name, f"{flt(row.qty):g}", len(serials)
		)
		yield Problem(row.idx, errors.SerialNumberError, text)
	for serial in serials:
		if text := _wrong_serial(row, serial, facts):
			yield Problem(row.idx, errors.SerialNumberError, text)
		elif day := facts.posted_later.get(serial.casefold()):
			text = _(
				"Row {0}: serial number {1} of {2} is posted into {3} for {4}, so there are 0 free today. Use another "
				"one, or have the date of its receipt corrected."
			).format(row.idx, escape_html(serial), row.item_code, row.draws_from(), get_date_str(day))
			yield Problem(row.idx, errors.NotEnoughStockError, text)


def _wrong_serial(row: Any, serial: str, facts: PartFacts) -> str | None:
	known = facts.serials.get(serial.casefold())
	warehouse = row.draws_from()
	shown = escape_html(serial)  # typed by hand, shown as HTML
	if not known:
		return _("Row {0}: serial number {1} is unknown. Check the label on the part.").format(row.idx, shown)
	if known.item_code != row.item_code:
		return _(
			"Row {0}: serial number {1} belongs to item {2}, not {3}. Correct the item or the number."
		).format(row.idx, shown, known.item_code, row.item_code)
	if not known.warehouse:
		return _(
			"Row {0}: serial number {1} is not in stock; it was issued or delivered before. Check the label on the part."
		).format(row.idx, shown)
	if part := facts.customers.get(serial.casefold()):
		return _(
			"Row {0}: serial number {1} is the customer's own piece, here for repair ({2}). Hand it over with Back to the Customer "
			"there, and use another one."
		).format(row.idx, shown, part)
	if warehouse and known.warehouse != warehouse:
		return _(
			"Row {0}: serial number {1} is in {2}, not in {3}. Draw it from {2}, or transfer it first."
		).format(row.idx, shown, known.warehouse, warehouse)
	if row.batch_no and known.batch_no and known.batch_no != row.batch_no:
		return _("Row {0}: serial number {1} is of batch {2}, not {3}. Correct the batch.").format(
			row.idx, shown, known.batch_no, row.batch_no
		)
	return None


def _repeated_serials(visit: Document) -> Iterator[Problem]:
	seen: set[tuple[str, str]] = set()
	for row in visit.parts:
		for serial in row.fitted_serials():
			key = (row.item_code, serial.casefold())
			if key in seen:
				text = _("Row {0}: serial number {1} is entered more than once. Remove one.").format(
					row.idx, escape_html(serial)
				)
				yield Problem(row.idx, errors.SerialNumberError, text)
			seen.add(key)


def _batch(row: Any, facts: PartFacts) -> Iterator[Problem]:
	item = facts.items[row.item_code]
	if not item.has_batch_no:
		if row.batch_no:
			text = _("Row {0}: {1} is not kept in batches. Empty the batch.").format(row.idx, item.name)
			yield Problem(row.idx, errors.BatchError, text)
		return
	if not row.batch_no and not item.has_serial_no:
		text = _("Row {0}: choose the batch {1} was taken from; it is printed on the part.").format(
			row.idx, item.name
		)
		yield Problem(row.idx, errors.BatchError, text)
	for name in batches_of(row, facts):
		if text := _wrong_batch(row, facts.batches.get(name), name):
			yield Problem(row.idx, errors.BatchError, text)


def batches_of(row: Any, facts: PartFacts) -> list[str]:
	"""The row's batch, or the batches its serial numbers belong to."""
	if row.batch_no:
		return [row.batch_no]
	known = (facts.serials.get(serial.casefold()) for serial in row.fitted_serials())
	return sorted({serial.batch_no for serial in known if serial and serial.batch_no})


def _wrong_batch(row: Any, batch: Any, name: str) -> str | None:
	if not batch or batch.item != row.item_code:
		return _("Row {0}: {1} is not a batch of {2}. Choose one of its batches.").format(
			row.idx, name, row.item_code
		)
	if batch.disabled:
		return _("Row {0}: batch {1} is disabled. Choose another batch.").format(row.idx, name)
	if batch.expiry_date and getdate(batch.expiry_date) < getdate(today()):
		return _("Row {0}: batch {1} expired on {2}. Use another batch and send this one back.").format(
			row.idx, name, get_date_str(batch.expiry_date)
		)
	return None
