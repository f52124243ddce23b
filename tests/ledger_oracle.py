"""Is the stock ledger of one item in one warehouse whole? Asked of ERPNext's own reports and of plain sums; and what a voucher books."""

from typing import Any

import frappe
from erpnext.accounts.report.general_ledger import general_ledger
from erpnext.stock.report.stock_ledger_invariant_check import stock_ledger_invariant_check
from erpnext.stock.report.stock_ledger_variance import stock_ledger_variance
from frappe.utils import flt, today


def stock(item_code: str, warehouse: str) -> float:
	"""What the Bin says."""
	return flt(frappe.db.get_value("Bin", {"item_code": item_code, "warehouse": warehouse}, "actual_qty"))


def ledger_sum(item_code: str, warehouse: str) -> float:
	"""What the ledger adds up to."""
	rows = frappe.get_all(
		"Stock Ledger Entry",
		filters={"item_code": item_code, "warehouse": warehouse, "is_cancelled": 0},
		pluck="actual_qty",
	)
	return flt(sum(rows), 6)


def assert_ledger_clean(item_code: str, warehouse: str) -> None:
	"""Bin = sum of the ledger, never below zero, no difference in the Invariant Check, nothing in the Variance report."""
	assert stock(item_code, warehouse) == ledger_sum(item_code, warehouse)
	where = frappe._dict(item_code=item_code, warehouse=warehouse)
	for row in stock_ledger_invariant_check.get_data(where):
		assert flt(row.difference_in_qty, 6) == 0, row
		assert flt(row.diff_value_diff, 6) == 0, row
		assert row.qty_after_transaction >= 0, row
	company = frappe.db.get_value("Warehouse", warehouse, "company")
	_columns, differences = stock_ledger_variance.execute(
		frappe._dict(where, company=company, include_disabled=1)
	)
	assert differences == []


def accounts_of(voucher: str, company: str) -> dict[str, float]:
	"""Account → debit less credit of a voucher of today, by the report General Ledger; accounts that come to nothing are left out."""
	by = "Group by Voucher (Consolidated)"
	lists: dict[str, Any] = {name: [] for name in ("account", "party", "cost_center", "project")}
	when = {"company": company, "from_date": today(), "to_date": today(), "voucher_no": voucher}
	# the one name in ERPNext 15, the other in 16
	how = {"group_by": by, "categorize_by": by.replace("Group", "Categorize")}
	rows = general_ledger.execute(frappe._dict({**when, **lists, **how}))[1]
	found: dict[str, float] = {}
	for row in rows:
		if row.get("voucher_no") == voucher:
			found[row["account"]] = flt(found.get(row["account"], 0) + row["debit"] - row["credit"], 6)
	return {account: amount for account, amount in found.items() if amount}
