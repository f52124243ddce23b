"""What a visit does to stock: wired in `hooks.py` to the events of Engineer Visit.

`before_submit` checks and completes the part rows, `on_submit` draws them with one Stock Entry, `on_cancel` gives
them back. Engineer Visit locks the Bins before all this, in a transaction of its own (`foundation/transactions.py`);
inside a transaction of somebody else's they are locked here.
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
from support_service.foundation.settings import company_default
from support_service.service_parts import availability, errors, part_facts, stock_posting
from support_service.service_parts.part_checks import Problem, batches_of, has_stock_effect, problems_of


def check(visit: Document, method: str | None = None) -> None:
	"""Refuse to submit parts that cannot be drawn; write warehouse, unit and serial numbers out into the rows.

	:raises PartRowError: the kind of the first problem; the message lists all of them.
	"""
	if not visit.parts:
		return
	facts = part_facts.gather(visit)
	_refuse(problems_of(visit, facts))
	rows = [row for row in visit.parts if has_stock_effect(row, facts)]
	visit.flags.rows_with_stock_effect = {row.idx for row in rows}
	for row in rows:
		_complete(row, facts)
	_refuse(_without_account(visit, rows))
	_refuse(availability.shortages(rows, _locked_bins(visit)))
	_refuse(availability.batch_shortages(rows))


def draw(visit: Document, method: str | None = None) -> None:
	"""Take the visit's parts out of stock with one Stock Entry and write its cost back to the visit.

	Repeating it finds the Stock Entry already made by its key.
	"""
	rows = stock_rows(visit)
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
		_write_back(visit, rows, frappe.get_doc("Stock Entry", made[0]), stock_posting.ledger_of(made[0]))
		return
	_write_back(visit, rows, *stock_posting.post(visit, rows))


def give_back(visit: Document, method: str | None = None) -> None:
	"""Cancel the Stock Entry of a visit that is being cancelled."""
	made = stock_posting.entry_of(visit.name)
	if made:
		_locked_bins(visit)
		stock_posting.cancel(made[0])


def stock_rows(visit: Document) -> list[Any]:
	"""The part rows whose items ERPNext keeps stock of; the others, such as labour, are recorded only."""
	if not visit.parts:
		return []
	if visit.flags.rows_with_stock_effect is not None:  # `check` found them a moment ago
		return [row for row in visit.parts if row.idx in visit.flags.rows_with_stock_effect]
	items = frappe.get_all(
		"Item",
		filters={"name": ("in", [row.item_code for row in visit.parts] or [""]), "is_stock_item": 1},
		pluck="name",
		order_by=None,
	)
	return [row for row in visit.parts if row.item_code in items]


def _locked_bins(visit: Document) -> dict[bins.Place, bins.LockedBin]:
	if visit.flags.locked_bins is None:
		visit.flags.locked_bins = bins.lock_in_callers_transaction(
			{(row.item_code, row.draws_from()) for row in visit.parts}
		)
	return visit.flags.locked_bins


def _complete(row: Any, facts: part_facts.PartFacts) -> None:
	"""From here on the row says for itself where it was drawn, also after the engineer changes vans."""
	row.warehouse = row.draws_from()
	row.uom = facts.items[row.item_code].stock_uom
	row.serial_nos = "\n".join(facts.serials[serial.casefold()].name for serial in row.fitted_serials())
	batches = batches_of(row, facts)
	if not row.batch_no and len(batches) == 1:
		row.batch_no = batches[0]


def _without_account(visit: Document, rows: list[Any]) -> list[Problem]:
	"""Rows ERPNext could not charge to any account."""
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


def _write_back(visit: Document, rows: list[Any], entry: Document, ledger: list[Any]) -> None:
	"""Links both ways, and what the parts cost according to the ledger."""
	values = stock_posting.values_issued(ledger)
	costs = {}
	for row, item in zip(rows, entry.items, strict=True):
		row.amount = flt(values.get(item.name), row.precision("amount"))
		row.valuation_rate = flt(row.amount / flt(row.qty), row.precision("valuation_rate"))
		costs[row.name] = {"amount": row.amount, "valuation_rate": row.valuation_rate}
	# the rows were saved before the cost was known
	frappe.db.bulk_update("Engineer Visit Part", costs, update_modified=False)
	visit.db_set(
		{"stock_entry": entry.name, "parts_cost": sum(row.amount for row in rows)}, update_modified=False
	)


def _refuse(problems: list[Problem]) -> None:
	if problems:
		frappe.throw(
			[problem.text for problem in problems] if len(problems) > 1 else problems[0].text,
			exc=problems[0].error,
			title=_("Parts"),
			as_list=len(problems) > 1,
		)
