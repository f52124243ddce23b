"""Parts sold to the customer of a case without work on it: a decision of its own, accepted like any other charge.

The price is ERPNext's, with the pricing rules for this customer and quantity. No warranty pays for what is bought, and of a contract only
what it grants on every part without limit: that is its discount.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import frappe
from erpnext.stock.get_item_details import get_item_details
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, getdate, nowdate

from support_service.foundation import currencies
from support_service.service_charging.decision import acceptance, prices
from support_service.service_charging.decision import store as decision_store
from support_service.service_charging.decision.by_hand import (
	MOST_LINES,
	DecisionInputError,
	DecisionSettledError,
)
from support_service.service_charging.decision.lines import Work, as_lines, priced
from support_service.service_charging.decision.store import CASE, CURRENT, DECISION, SALE
from support_service.service_charging.rules.decide import decide
from support_service.service_coverage.contract import contracts
from support_service.service_coverage.vocabulary import PARTS_VALUE, Kind, Source


def offer(request: str, lines: Sequence[dict[str, Any]], *, replaces: str | None = None) -> Document:
	"""Store what the parts cost the customer of the case; it waits for their answer.

	lines: dicts of item_code and qty, rate where it is not ERPNext's. replaces: the offer that this one changes.
	"""
	decision_store.lock_case(request)
	case = frappe.get_doc(CASE, request)
	if not case.customer:
		frappe.throw(_("Enter the customer of the request first."), DecisionInputError)
	if replaces:
		_check_replaced(replaces, request)
	today = getdate(nowdate())
	works = priced(_works(case, lines), case.company, case.customer, today)
	currency = currencies.of_company(case.company)
	discounts = list(_discounts(case, currency))
	rows = decision_store.lines_of(works, decide(as_lines(works), discounts, today), currency)
	_check_prices(rows)
	return decision_store.write(
		case,
		rows,
		stage=SALE,
		replaces=replaces,
		decided_for=today,
		**acceptance.for_new_decision(case.name, SALE, rows, None),
	)


def _check_replaced(decision: str, request: str) -> None:
	found = frappe.db.get_value(
		DECISION,
		decision,
		["service_request", "stage", "status", "quotation", "sales_order", "sales_invoice"],
		as_dict=True,
	)
	if (found.service_request, found.stage, found.status) != (request, SALE, CURRENT):
		frappe.throw(_("{0} is no current sale of this request.").format(decision), DecisionSettledError)
	if made := found.sales_invoice or found.sales_order or found.quotation:
		frappe.throw(
			_("The charge of {0} is on {1} already. Delete or cancel that document first.").format(
				decision, made
			),
			DecisionSettledError,
		)


def _works(case: Any, lines: Sequence[dict[str, Any]]) -> list[Work]:
	if not lines or len(lines) > MOST_LINES:
		frappe.throw(_("Please say which parts: at least one line."), DecisionInputError)
	works = []
	for place, line in enumerate(lines, 1):
		item, qty = line.get("item_code"), flt(line.get("qty"))
		if not item or qty <= 0:
			frappe.throw(_("Row {0}: choose the part and how many.").format(place), DecisionInputError)
		rate = flt(line.get("rate"))
		works.append(Work(Kind.PART, qty, item, rate=rate if rate > 0 else _price(case, item, qty)))
	return works


def _price(case: Any, item: str, qty: float) -> float | None:
	"""ERPNext's price of one piece in the company's currency, with pricing rules; None where it has none."""
	currency = currencies.of_company(case.company)
	price_list = prices.price_list_of(case.company, case.customer)
	listed = frappe.get_cached_value("Price List", price_list, "currency") if price_list else currency
	worth = currencies.exchange_rate(listed, currency, getdate(nowdate()))
	if not worth:
		return None
	found = get_item_details(
		frappe._dict(
			doctype="Sales Order",
			item_code=item,
			qty=qty,
			company=case.company,
			customer=case.customer,
			transaction_date=nowdate(),
			currency=currency,
			conversion_rate=1,
			price_list=price_list,
			price_list_currency=listed,
			plc_conversion_rate=worth,
			order_type="Sales",
			ignore_pricing_rule=0,
		)
	)
	rate = flt(found.get("price_list_rate"))
	if not rate:
		return None
	if cut := flt(found.get("discount_percentage")):
		return rate * (100 - cut) / 100
	return rate - flt(found.get("discount_amount"))


def _discounts(case: Any, currency: str) -> Iterator[Source]:
	for source in contracts.sources(
		case.installed_unit, case.customer, getdate(nowdate()), currency=currency
	):
		granted = tuple(
			entitlement
			for entitlement in source.entitlements
			if entitlement.kind == PARTS_VALUE and entitlement.remaining is None and entitlement.share < 100
		)
		if granted:
			yield replace(source, entitlements=granted, exclusions=())


def _check_prices(rows: Sequence[dict[str, Any]]) -> None:
	without = [row["item_code"] for row in rows if not row["rate"]]
	if without:
		frappe.throw(
			_("ERPNext has no price for {0}. Enter one in the price list, or in the row.").format(
				", ".join(without)
			),
			DecisionInputError,
		)
