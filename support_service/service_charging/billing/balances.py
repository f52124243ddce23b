"""How much of what a decision charges is billed, is on drafts and orders, and is still owed.

Counted from the rows of ERPNext's documents. A row of a Quotation, Sales Order or Sales Invoice that charges a decision
names it (`coverage_decision`); ERPNext's mapping copies that from row to row. A row without it charges something else.
Amounts are net of discounts and of taxes on top, in the decision's currency, which is the company's. Where the prices of a
document include its taxes, so does what a decision charges (`included_taxes.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import frappe
from frappe.utils import flt

from support_service.foundation import currencies, locks
from support_service.service_charging.billing import included_taxes
from support_service.service_charging.decision import store as decision_store
from support_service.service_charging.decision.store import CASE, CURRENT, DECISION, SALE, WORK_DONE
from support_service.service_charging.rules import charge as charge_rules
from support_service.service_charging.rules.charge import Charge

QUOTATION, ORDER, INVOICE = "Quotation", "Sales Order", "Sales Invoice"
FIELD = "coverage_decision"


@dataclass
class Balance:
	"""The decisions of one case (`charges`) with what ERPNext's documents charge for each of them (name → amount).

	billed: on submitted invoices, less credit notes. promised: on drafts and on orders not billed yet. ordered: on submitted
	orders, as far as no submitted invoice bills it. documents: name of a document → amount. drafts: names of the invoices that are
	drafts. digits: decimals of the amounts.
	"""

	charges: list[Charge]
	digits: int
	billed: dict[str, float] = field(default_factory=lambda: defaultdict(float))
	promised: dict[str, float] = field(default_factory=lambda: defaultdict(float))
	ordered: dict[str, float] = field(default_factory=lambda: defaultdict(float))
	documents: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
	drafts: set[str] = field(default_factory=set)

	def owed(self, name: str, *, given_back: bool = False) -> float:
		"""What may still be billed of the decision `name`."""
		return charge_rules.owed(self.charges, self.billed, name, given_back=given_back, digits=self.digits)

	def offered(self, name: str) -> float:
		"""What may still be put on a new draft: what is owed and on no draft or order yet."""
		return self._beside(self.promised, name)

	def orderable(self, name: str) -> float:
		"""What a further order may charge: submitted documents count, drafts do not."""
		return self._beside(self.ordered, name)

	def unbilled(self, name: str) -> float:
		"""What submitted orders have ordered and no invoice bills, not even a draft."""
		drafted = sum(sum_ for document, sum_ in self.documents[name].items() if document in self.drafts)
		return max(flt(self.ordered[name] - drafted, self.digits), 0.0)

	def _beside(self, more: Mapping[str, float], name: str) -> float:
		together = {
			charge.name: max(self.billed[charge.name], 0.0) + more[charge.name] for charge in self.charges
		}
		return charge_rules.owed(self.charges, together, name, digits=self.digits)

	def is_current(self, name: str) -> bool:
		return any(charge.stands for charge in self.charges if charge.name == name)

	def same_work(self, name: str) -> list[str]:
		first = charge_rules.same_work(self.charges)
		return [charge.name for charge in self.charges if first[charge.name] == first[name]]

	def documents_of(self, name: str) -> dict[str, float]:
		"""Name → amount of the documents that charge the work of the decision."""
		found: dict[str, float] = {}
		for same in self.same_work(name):
			for document, amount in self.documents[same].items():
				found[document] = flt(found.get(document, 0) + amount, self.digits)
		return found


def lock(decisions: Iterable[str]) -> None:
	"""Lock the cases of the decisions, so that only one transaction at a time changes what is charged for a case."""
	names = list(decisions)
	if not names:
		return
	requests = frappe.get_all(DECISION, {"name": ("in", names)}, pluck="service_request", distinct=True)
	for request in sorted(requests):
		decision_store.lock_case(request)


def of_case(request: str, *, without: str | None = None, locked: bool = False) -> Balance:
	"""The balance of all decisions of the case `request`.

	without: name of a document that is not counted. locked: the caller holds the case's lock; rows are read as committed.
	"""
	charges = _charges(request, locked)
	company = frappe.db.get_value(CASE, request, "company")
	balance = Balance(charges, currencies.amount_decimals(currencies.of_company(company)))
	names = [charge.name for charge in charges]
	if not names:
		return balance
	agreed = agreed_rates(names)
	drafts = _add_invoices(balance, names, agreed, without, locked)
	_add_orders(balance, names, agreed, without, drafts, locked)
	return balance


def of_decision(decision: str, **how: Any) -> Balance:
	return of_case(frappe.db.get_value(DECISION, decision, "service_request"), **how)


def agreed_rates(decisions: Iterable[str]) -> dict[str, float]:
	"""Decision → exchange rate of its submitted Quotation in another currency. It holds for later documents as well, whatever
	the rate is by then.
	"""
	return dict(
		frappe.get_all(
			QUOTATION,
			{FIELD: ("in", list(decisions)), "docstatus": 1, "conversion_rate": ("!=", 1)},
			[FIELD, "conversion_rate"],
			order_by="creation",
			as_list=True,
		)
	)


def worth(row: Any, agreed: Mapping[str, float]) -> float:
	"""A row's net amount in the decision's currency."""
	if row.net_amount == row.base_net_amount or not agreed.get(row.coverage_decision):
		return flt(row.base_net_amount)
	return flt(row.net_amount * agreed[row.coverage_decision])


def invoice_rows(decisions: list[str]) -> list[Any]:
	"""Rows of drafts, submitted invoices and credit notes that charge one of the decisions."""
	return _rows(INVOICE, decisions, (), False)


def _charges(request: str, locked: bool) -> list[Charge]:
	table = frappe.qb.DocType(DECISION)
	query = (
		frappe.qb.from_(table)
		.select(table.name, table.charged_amount, table.stage, table.status, table.supersedes)
		.where(table.service_request == request)
		.orderby(table.number)
	)
	rows = locks.rows(query) if locked else query.run(as_dict=True)
	return [
		Charge(
			row.name,
			flt(row.charged_amount),
			row.stage in (WORK_DONE, SALE),
			row.status == CURRENT,
			row.supersedes,
			row.stage == SALE,
		)
		for row in rows
	]


def _add_invoices(
	balance: Balance, names: list[str], agreed: Mapping[str, float], without: str | None, locked: bool
) -> dict[str, float]:
	"""Count the invoices and credit notes; returns order row → what drafts are about to bill of it."""
	drafts: dict[str, float] = defaultdict(float)
	for row in _rows(INVOICE, names, ("so_detail",), locked):
		amount = worth(row, agreed)
		if row.parent == without or (row.docstatus == 0 and amount < 0):
			continue  # a draft credit note credits nothing yet
		part = balance.billed if row.docstatus == 1 else balance.promised
		part[row.coverage_decision] += amount
		documents = balance.documents[row.coverage_decision]
		documents[row.parent] = flt(documents.get(row.parent, 0) + amount, balance.digits)
		if row.docstatus == 0:
			balance.drafts.add(row.parent)
		if row.docstatus == 0 and row.so_detail:
			drafts[row.so_detail] += amount
	return drafts


def _add_orders(
	balance: Balance,
	names: list[str],
	agreed: Mapping[str, float],
	without: str | None,
	drafts: Mapping[str, float],
	locked: bool,
) -> None:
	rows = _rows(ORDER, names, ("billed_amt",), locked)
	closed = set(
		frappe.get_all(
			ORDER,
			{"name": ("in", list({row.parent for row in rows}) or [""]), "status": "Closed"},
			pluck="name",
		)
	)
	for row in rows:
		if row.parent == without or row.parent in closed:
			continue
		share = flt(row.billed_amt) / flt(row.amount) if flt(row.amount) else 0
		left = flt(worth(row, agreed) * (1 - share), balance.digits)
		if left > 0 and row.docstatus == 1:
			balance.ordered[row.coverage_decision] += left
		left -= drafts.get(row.name, 0.0)
		if left > 0:
			balance.promised[row.coverage_decision] += left
			documents = balance.documents[row.coverage_decision]
			documents[row.parent] = flt(documents.get(row.parent, 0) + left, balance.digits)


def _rows(doctype: str, names: list[str], more: tuple[str, ...], locked: bool) -> list[Any]:
	"""Rows of drafts and submitted documents that charge one of the decisions."""
	table = frappe.qb.DocType(f"{doctype} Item")
	fields = ("name", "parent", "docstatus", FIELD, *included_taxes.AMOUNTS, *more)
	query = frappe.qb.from_(table).select(*(table[name] for name in fields)).where(table[FIELD].isin(names))
	found = [row for row in read(query, locked) if row.docstatus < 2]
	included_taxes.put_back(doctype, found)
	return found


def read(query: Any, locked: bool) -> list[Any]:
	"""Rows (with `name`) as the transaction sees them; locked: as they are committed by now.

	Whoever is about to submit or cancel a document holds its rows already and waits for the case: to wait for them would be
	a deadlock. Those are seen as they were, which is what they still are.
	"""
	seen = {row.name: row for row in query.run(as_dict=True)}
	if locked:
		seen.update({row.name: row for row in locks.rows(query, skip_locked=True)})
	return list(seen.values())
