"""Every way a removed part can go, with a plain, a serial and a batch item that carry value: what the two ledgers say afterwards.

The reports are ERPNext's own: General Ledger, Stock Ledger Invariant Check, Stock Ledger Variance, Stock and Account Value Comparison.
"""

from types import SimpleNamespace
from typing import Any

import frappe
import pytest
from erpnext.stock.doctype.purchase_receipt.purchase_receipt import make_purchase_invoice
from erpnext.stock.report.stock_and_account_value_comparison import stock_and_account_value_comparison
from frappe.utils import flt, today

from support_service.service_parts.removed import moves
from tests.factories import COMPANY, unique
from tests.ledger_oracle import accounts_of, assert_ledger_clean
from tests.site.removed_world import make_purchase, make_store, parts_of, set_company, step
from tests.site.visit_world import visit_of

pytestmark = pytest.mark.usefixtures("committed_crew", "stock_settings_as_before")
COST = {"plain": 80.0, "serial": 300.0, "batch": 12.0}
SHARE = 25  # percent of what a new one costs is what a removed one is worth
WORTH = {kind: cost * SHARE / 100 for kind, cost in COST.items()}
DRAWN, TAKEN_IN = sum(COST.values()), sum(WORTH.values())
RETURNED = 100.0  # what a piece was bought for from the vendor


@pytest.fixture
def van():
	made = make_store()
	set_company(removed_part_value=SHARE)
	made.old_number = unique("OLD")
	for kind, cost in COST.items():
		# the store has none of them: what a new one costs is the item's own rate
		frappe.db.set_value("Item", getattr(made, kind), "valuation_rate", cost)
	return made


def swap_all(van: SimpleNamespace, goes: str) -> Any:
	"""A submitted visit that replaces one of each kind; what came out goes there."""
	visit = visit_of(
		van,
		{"item_code": van.plain, "qty": 1, "removed_qty": 1, "removed_goes_to": goes},
		{
			"item_code": van.serial,
			"qty": 1,
			"serial_nos": van.numbers[0],
			"removed_serial_nos": van.old_number,
			"removed_goes_to": goes,
		},
		{
			"item_code": van.batch,
			"qty": 1,
			"batch_no": van.batch_no,
			"removed_qty": 1,
			"removed_batch_no": van.batch_no,
			"removed_goes_to": goes,
		},
	)
	visit.submit()
	return visit


def walk(visit: Any, *steps: tuple[str, dict[str, Any]]) -> list[Any]:
	"""Each part of the visit makes the steps; returns the parts."""
	parts = parts_of(visit)
	for action, values in steps:
		parts = [step(part, action, **values) for part in parts]
	return parts


def vouchers_of(visit: Any, parts: list[Any]) -> list[str]:
	found = [visit.stock_entry]
	for part in parts:
		for row in part.history:
			found += [name for name in (row.stock_entry, row.purchase_return, row.debit_note) if name]
		found += [part.debit_note] if part.debit_note else []
	return list(dict.fromkeys(found))


def books(vouchers: list[str]) -> dict[str, float]:
	"""Account → debit less credit of all the vouchers, by the report General Ledger; each of them balances."""
	total: dict[str, float] = {}
	for voucher in vouchers:
		of_one = accounts_of(voucher, COMPANY)
		assert flt(sum(of_one.values()), 6) == 0, voucher
		for account, amount in of_one.items():
			total[account] = flt(total.get(account, 0) + amount, 6)
	return {account: amount for account, amount in total.items() if amount}


def stock_account() -> str:
	return frappe.get_cached_value("Company", COMPANY, "default_inventory_account")


def value_in(item: str, warehouse: str) -> tuple[float, float]:
	"""Quantity and value, as the Bin has them."""
	found = frappe.db.get_value(
		"Bin", {"item_code": item, "warehouse": warehouse}, ["actual_qty", "stock_value"], as_dict=True
	)
	return (flt(found.actual_qty, 6), flt(found.stock_value, 6)) if found else (0, 0)


def assert_clean(van: SimpleNamespace, vouchers: list[str]) -> None:
	"""The stock ledger of every place is whole, nothing has value without quantity, and both ledgers agree about each voucher."""
	for kind in COST:
		item = getattr(van, kind)
		for warehouse in (van.warehouse, van.defective, van.store):
			assert_ledger_clean(item, warehouse)
			qty, value = value_in(item, warehouse)
			assert qty or not value, (kind, warehouse, value)
	wrong = stock_and_account_value_comparison.get_data(
		frappe._dict(company=COMPANY, account=stock_account(), as_on_date=today())
	)
	assert not [row for row in wrong if row.get("voucher_no") in vouchers]


def check(
	van, visit, parts, *, status: str, kept: float, where: str | None, others: dict[str, float] | None = None
):
	"""All parts are there, the accounts say what left stock for good, and the reports agree."""
	assert {part.status for part in parts} == {status}
	vouchers = vouchers_of(visit, parts)
	booked = books(vouchers)
	assert booked.pop(stock_account()) == -(DRAWN - kept)
	if others:
		assert {account: booked.pop(account) for account in others} == others
	# the rest stands in one expense account
	assert sum(booked.values()) == pytest.approx(DRAWN - kept - sum((others or {}).values()))
	for kind in COST:
		item = getattr(van, kind)
		expected = (1, WORTH[kind] if kept else 0) if where else (0, 0)
		if where:
			assert value_in(item, where) == expected, kind
		for empty in {van.defective, van.store} - {where}:
			assert value_in(item, empty) == (0, 0), (kind, empty)
	assert_clean(van, vouchers)


BACK = "Back to Us"
BURNT = {"reason": "Burnt"}


class TestBackToUs:
	def test_received_and_good(self, van):
		visit = swap_all(van, BACK)
		parts = walk(visit, ("receive", {}))
		check(van, visit, parts, status="Received", kept=TAKEN_IN, where=van.defective)
		parts = walk(visit, ("test_good", {}))
		check(van, visit, parts, status="Tested", kept=TAKEN_IN, where=van.store)

	def test_repaired(self, van):
		visit = swap_all(van, BACK)
		parts = walk(visit, ("receive", {}), ("test_repairable", {}), ("repair", {}))
		check(van, visit, parts, status="In Repair", kept=TAKEN_IN, where=van.defective)
		parts = walk(visit, ("repaired", {}))
		check(van, visit, parts, status="Repaired", kept=TAKEN_IN, where=van.store)

	def test_scrapped_and_taken_back(self, van):
		visit = swap_all(van, BACK)
		parts = walk(visit, ("receive", {}), ("test_defective", {}), ("scrap", BURNT))
		check(van, visit, parts, status="Scrapped", kept=0, where=None)
		parts = [moves.undo(part.name) for part in parts]
		vouchers = vouchers_of(visit, parts)
		assert {part.status for part in parts} == {"Tested"}
		assert [value_in(getattr(van, kind), van.defective) for kind in COST] == [
			(1, WORTH[kind]) for kind in COST
		]
		assert_clean(van, vouchers)

	def test_returned_to_a_vendor_we_know_no_purchase_from(self, van):
		visit = swap_all(van, BACK)
		sent = {"supplier": van.supplier, "vendor_reference": "RMA-1"}
		parts = walk(visit, ("receive", {}), ("test_defective", {}), ("return_to_vendor", sent))
		check(van, visit, parts, status="Returned to Vendor", kept=0, where=None)
		parts = walk(visit, ("no_credit", {"reason": "Out of their warranty"}))
		check(van, visit, parts, status="Not Credited", kept=0, where=None)

	@pytest.mark.parametrize("worth", [SHARE, 0])
	def test_returned_to_the_vendor_it_was_bought_from_and_credited(self, van, worth):
		set_company(removed_part_value=worth)
		purchases = [
			make_purchase(van.plain, van.warehouse, 1, van.supplier, rate=RETURNED),
			make_purchase(
				van.serial, van.warehouse, 1, van.supplier, rate=RETURNED, serial_no=van.old_number
			),
			make_purchase(van.batch, van.warehouse, 1, van.supplier, rate=RETURNED, batch_no=van.batch_no),
		]
		# the piece that was bought leaves with one visit, and comes out defective at the next
		visit_of(van, {"item_code": van.serial, "qty": 1, "serial_nos": van.old_number}).submit()
		visit = swap_all(van, BACK)
		sent = {"supplier": van.supplier, "vendor_reference": "RMA-2"}
		parts = walk(visit, ("receive", {}), ("test_defective", {}), ("return_to_vendor", sent))
		assert {part.status for part in parts} == {"Returned to Vendor"}
		assert [part.purchase_name for part in parts] == [purchase.name for purchase in purchases]
		assert {part.credit_expected for part in parts} == {RETURNED}
		returns = {part.purchase_return for part in parts}
		assert len(returns) == 3 and None not in returns
		for name in returns:
			assert frappe.db.get_value("Purchase Receipt", name, "supplier_delivery_note") == "RMA-2"
		assert [value_in(getattr(van, kind), van.defective) for kind in COST] == [(0, 0)] * 3
		vouchers = vouchers_of(visit, parts)
		assert_clean(van, vouchers)
		for part in parts:
			note = make_purchase_invoice(part.purchase_return)
			note.insert()
			note.submit()
			vouchers.append(note.name)
		parts = parts_of(visit)
		assert {(part.status, part.credit_received) for part in parts} == {("Credited", RETURNED)}
		booked = books(vouchers)
		# what is received and not billed yet is even again, and the vendor owes us what we paid
		unbilled = frappe.get_cached_value("Company", COMPANY, "stock_received_but_not_billed")
		payable = frappe.db.get_value("Purchase Invoice", parts[0].debit_note, "credit_to")
		assert (booked.get(unbilled, 0), booked[payable]) == (0, 3 * RETURNED)
		assert_clean(van, vouchers)


class TestNotBackToUs:
	@pytest.mark.parametrize(
		("goes", "status"), [("Left with Customer", "Left with Customer"), ("Scrapped on Site", "Scrapped")]
	)
	def test_nothing_comes_into_the_books(self, van, goes, status):
		visit = swap_all(van, goes)
		check(van, visit, parts_of(visit), status=status, kept=0, where=None)

	def test_returned_to_the_vendor_from_the_customers_site(self, van):
		"""In and out again, so that nothing is left but the reference."""
		visit = swap_all(van, "Returned to Vendor")
		sent = {"supplier": van.supplier, "vendor_reference": "WAYBILL 9"}
		parts = walk(visit, ("confirm_return", sent))
		check(van, visit, parts, status="Returned to Vendor", kept=0, where=None)
		assert {part.vendor_reference for part in parts} == {"WAYBILL 9"}

	def test_cancelled_with_the_visit_nothing_has_happened(self, van):
		visit = swap_all(van, BACK)
		entry = visit.stock_entry
		visit.reload()
		visit.cancel()
		names = frappe.get_all("Removed Part", {"engineer_visit": visit.name}, pluck="status")
		assert names == ["Cancelled"] * 3
		assert books([entry]) == {}
		assert_clean(van, [entry])
