"""What a visit does to stock: three of the visit's steps (`support_service_visit_steps` in hooks.py).

`check` completes the part rows and refuses what cannot be drawn, `draw` takes them out of stock with one Stock Entry,
`give_back` cancels it. The Bins are locked before, where the visit has a transaction of its own
(`field_service/submission.py`); in a caller's transaction they are locked here.
"""

from typing import Any

import frappe
from erpnext import is_perpetual_inventory_enabled
from erpnext.setup.doctype.item_group.item_group import get_item_group_defaults
from erpnext.stock.doctype.item.item import get_item_defaults
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

from support_service.foundation import bins
from support_service.foundation.posting import Cost, Posting
from support_service.foundation.settings import company_default
from support_service.service_parts import availability, booked_pieces, errors, part_facts, stock_posting
from support_service.service_parts.booked_pieces import Take
from support_service.service_parts.part_checks import (
	TOOL,
	Problem,
	batches_of,
	has_stock_effect,
	problems_of,
	refuse,
)


def check(visit: Document, posting: Posting) -> None:
	"""A step before submitting: refuse parts that cannot be drawn; fill warehouse, unit of measure and numbers into the rows.

	:raises PartRowError: the kind of the first problem; the message lists all of them.
	"""
	if not visit.parts:
		return
	facts = part_facts.gather(visit)
	refuse(problems_of(visit, facts))
	rows = [row for row in visit.parts if has_stock_effect(row, facts)]
	posting.stock_rows = frozenset(row.idx for row in rows)
	for row in rows:
		complete(row, facts)
	refuse(_without_account(visit, rows))
	# in a caller's transaction its snapshot may be older than what others have reserved
	latest = posting.bins is None
	locked = _locked_bins(visit, posting)
	refuse(availability.shortages(rows, locked, visit.service_request, latest=latest))
	refuse(availability.batch_shortages(rows))
	refuse(booked_by_others(rows, latest=latest))


def draw(visit: Document, posting: Posting) -> None:
	"""A step of submitting: take the parts out of stock with one Stock Entry; put it and the costs into `posting`.

	Repeating it finds the Stock Entry that exists by its key.
	"""
	rows = stock_rows(visit, posting)
	if not rows:
		return
	made = stock_posting.entry_of(visit.name)
	if made and made[1] != 1:
		frappe.throw(
			_(
				"Stock Entry {0} carries the key of this visit but is not submitted. Delete it, then try again."
			).format(made[0]),
			exc=errors.ForeignStockEntryError,
		)
	if made:
		entry, ledger = frappe.get_doc("Stock Entry", made[0]), stock_posting.ledger_of(made[0])
	else:
		entry, ledger = stock_posting.post(visit, rows, posting.cost_centers)
	posting.stock_entry = entry.name
	posting.costs = _costs(rows, entry, ledger)


def give_back(visit: Document, posting: Posting) -> None:
	"""A step of cancelling: cancel the Stock Entry of the visit."""
	made = stock_posting.entry_of(visit.name)
	if made:
		_locked_bins(visit, posting)
		stock_posting.cancel(made[0])


def booked_by_others(rows: list[Any], *, latest: bool = False) -> list[Problem]:
	"""A Problem for each row, its numbers and warehouse filled in, that would take what is booked for days to come."""
	takes = [
		Take(
			row.idx,
			row.item_code,
			row.warehouse,
			flt(row.qty),
			tuple(row.fitted_serials()),
			row.batch_no or "",
		)
		for row in rows
	]
	advice = _("Use another one, or have the booking released on the loan.")
	return [
		Problem(
			booked.row,
			errors.BookedPieceError,
			_("Row {0}: {1}").format(booked.row, f"{booked.text} {advice}"),
		)
		for booked in booked_pieces.found(takes, latest=latest)
	]


def stock_rows(visit: Document, posting: Posting) -> list[Any]:
	"""The part rows that draw from stock; the others, such as labour and tools, are only listed on the visit."""
	if not visit.parts:
		return []
	if posting.stock_rows is not None:  # `check` found them a moment ago
		return [row for row in visit.parts if row.idx in posting.stock_rows]
	items = frappe.get_all(
		"Item",
		filters={"name": ("in", [row.item_code for row in visit.parts] or [""]), "is_stock_item": 1},
		pluck="name",
		order_by=None,
	)
	return [row for row in visit.parts if row.item_code in items and row.kind != TOOL]


def _locked_bins(visit: Document, posting: Posting) -> dict[bins.Place, bins.LockedBin]:
	if posting.bins is None:
		posting.bins = bins.lock_in_callers_transaction(
			{(row.item_code, row.draws_from()) for row in visit.parts}
		)
	return posting.bins


def complete(row: Any, facts: part_facts.PartFacts) -> None:
	"""Fill in what the engineer left open; the warehouse, too, as the engineer may have another van when this is cancelled."""
	row.warehouse = row.draws_from()
	row.uom = facts.items[row.item_code].stock_uom
	row.serial_nos = "\n".join(facts.serials[serial.casefold()].name for serial in row.fitted_serials())
	batches = batches_of(row, facts)
	if not row.batch_no and len(batches) == 1:
		row.batch_no = batches[0]


def _without_account(visit: Document, rows: list[Any]) -> list[Problem]:
	"""A Problem for each row for which ERPNext would find no expense account."""
	if not is_perpetual_inventory_enabled(visit.company) or not rows:
		return []
	if company_default(visit.company).get("expense_account"):
		return []
	if frappe.get_cached_value("Company", visit.company, "stock_adjustment_account"):
		return []
	return [
		Problem(
			row.idx,
			errors.ExpenseAccountMissingError,
			_(
				"Row {0}: no account to charge {1} to. Ask your manager to set the expense account of {2} "
				"in Support Service Settings, Parts and Stock."
			).format(row.idx, row.item_code, visit.company),
		)
		for row in rows
		if not get_item_defaults(row.item_code, visit.company).get("expense_account")
		and not get_item_group_defaults(row.item_code, visit.company).get("expense_account")
	]


def _costs(rows: list[Any], entry: Document, ledger: list[Any]) -> dict[str, Cost]:
	"""What each row cost, according to the stock ledger."""
	values = stock_posting.values_issued(ledger)
	costs = {}
	for row, item in zip(rows, entry.items, strict=True):
		amount = flt(values.get(item.name), row.precision("amount"))
		costs[row.name] = Cost(amount, flt(amount / flt(row.qty), row.precision("valuation_rate")))
	return costs
