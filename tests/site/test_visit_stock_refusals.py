"""Parts that cannot be drawn are refused with a sentence, and nothing is changed."""

from types import SimpleNamespace
from typing import Any

import frappe
import pytest
from frappe.utils import add_days, now_datetime, today

from support_service.service_parts import errors
from support_service.service_parts.api import stock_before_submit
from tests.factories import (
	COMPANY,
	insert,
	make_done_visit,
	make_item,
	make_service_engineer,
	make_stock_receipt,
	make_template_item,
	make_warehouse,
	unique,
)
from tests.ledger_oracle import stock
from tests.platform import SIXTEEN
from tests.site.visit_world import (
	elsewhere,
	everything,
	make_batch,
	messages,
	other_company,
	set_stock_setting,
	visit_of,
)

pytestmark = pytest.mark.usefixtures("committed_crew", "stock_settings_as_before")


def disabled_item(van: SimpleNamespace) -> str:
	frappe.db.set_value("Item", van.plain, "disabled", 1)
	return van.plain


def retired_item(van: SimpleNamespace) -> str:
	frappe.db.set_value("Item", van.plain, "end_of_life", add_days(today(), -1))
	return van.plain


def template_item(van: SimpleNamespace) -> str:
	return make_template_item().name


def kit(van: SimpleNamespace) -> str:
	whole = make_item(is_stock_item=0).name
	parts = [{"item_code": van.plain, "qty": 1}, {"item_code": van.batch, "qty": 2}]
	insert("Product Bundle", {"new_item_code": whole, "items": parts}, {})
	return whole


def expired(van: SimpleNamespace) -> str:
	batch = make_batch(van.batch)
	make_stock_receipt(van.batch, van.warehouse, 1, batch_no=batch)
	frappe.db.set_value("Batch", batch, "expiry_date", add_days(today(), -1))
	return batch


def disabled_batch(van: SimpleNamespace) -> str:
	frappe.db.set_value("Batch", van.batch_no, "disabled", 1)
	return van.batch_no


def allow_negative_stock(van: SimpleNamespace) -> float:
	frappe.db.set_single_value("Stock Settings", "allow_negative_stock", 1)
	frappe.clear_document_cache("Stock Settings")
	return 6


def allow_negative_item(van: SimpleNamespace) -> float:
	frappe.db.set_value("Item", van.plain, "allow_negative_stock", 1)
	return 6


def allow_negative_batch(van: SimpleNamespace) -> str:
	make_stock_receipt(van.batch, van.warehouse, 5, batch_no=make_batch(van.batch))
	frappe.db.set_single_value("Stock Settings", "allow_negative_stock", 1)
	frappe.db.set_single_value("Stock Settings", "allow_negative_stock_for_batch", 1)
	return van.batch_no


def serial_of_other_item(van: SimpleNamespace) -> str:
	item, number = make_item(has_serial_no=1).name, unique("SN")
	make_stock_receipt(item, van.warehouse, 1, serial_no=number)
	return number


def serial_elsewhere(van: SimpleNamespace) -> str:
	number = unique("SN")
	make_stock_receipt(van.serial, make_warehouse().name, 1, serial_no=number)
	return number


def serial_used(van: SimpleNamespace) -> str:
	visit_of(van, {"item_code": van.serial, "qty": 1, "serial_nos": van.numbers[0]}).submit()
	return van.numbers[0]


def group_warehouse(van: SimpleNamespace) -> str:
	return make_warehouse(is_group=1).name


def disabled_warehouse(van: SimpleNamespace) -> str:
	return make_warehouse(disabled=1).name


def foreign_warehouse(van: SimpleNamespace) -> str:
	return make_warehouse(company=other_company()).name


# name: (the row; callables get the van, error, what the sentence must hold)
BAD_ROWS: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
	"no stock": ({"item_code": "plain", "qty": 6}, errors.NotEnoughStockError, "5 free"),
	"never stocked there": (
		{"item_code": "plain", "qty": 1, "warehouse": elsewhere},
		errors.NotEnoughStockError,
		"0 free",
	),
	"negative stock allowed": (
		{"item_code": "plain", "qty": allow_negative_stock},
		errors.NotEnoughStockError,
		"5 free",
	),
	"negative stock allowed for the item": (
		{"item_code": "plain", "qty": allow_negative_item},
		errors.NotEnoughStockError,
		"5 free",
	),
	"zero": ({"item_code": "plain", "qty": 0}, errors.PartQuantityError, "above zero"),
	"below zero": ({"item_code": "plain", "qty": -1}, errors.PartQuantityError, "above zero"),
	"half of a whole piece": ({"item_code": "plain", "qty": 1.5}, errors.PartQuantityError, "whole"),
	"disabled item": ({"item_code": disabled_item, "qty": 1}, errors.PartItemError, "disabled"),
	"item past its end of life": ({"item_code": retired_item, "qty": 1}, errors.PartItemError, "end of life"),
	"template": ({"item_code": template_item, "qty": 1}, errors.PartItemError, "variants"),
	"kit": ({"item_code": kit, "qty": 1}, errors.PartItemError, "kit (Product Bundle)"),
	"group": (
		{"item_code": "plain", "qty": 1, "warehouse": group_warehouse},
		errors.PartWarehouseError,
		"group",
	),
	"disabled warehouse": (
		{"item_code": "plain", "qty": 1, "warehouse": disabled_warehouse},
		errors.PartWarehouseError,
		"disabled",
	),
	"warehouse of another company": (
		{"item_code": "plain", "qty": 1, "warehouse": foreign_warehouse},
		errors.PartWarehouseError,
		"belongs to",
	),
	"serial number missing": (
		{"item_code": "serial", "qty": 1},
		errors.SerialNumberError,
		"one serial number",
	),
	"too few serial numbers": (
		{"item_code": "serial", "qty": 2, "serial_nos": lambda van: van.numbers[0]},
		errors.SerialNumberError,
		"serial numbers 1",
	),
	"too many serial numbers": (
		{"item_code": "serial", "qty": 1, "serial_nos": lambda van: "\n".join(van.numbers)},
		errors.SerialNumberError,
		"serial numbers 2",
	),
	"serial number unknown": (
		{"item_code": "serial", "qty": 1, "serial_nos": "no such number"},
		errors.SerialNumberError,
		"unknown",
	),
	"serial number of another item": (
		{"item_code": "serial", "qty": 1, "serial_nos": serial_of_other_item},
		errors.SerialNumberError,
		"belongs to item",
	),
	"serial number elsewhere": (
		{"item_code": "serial", "qty": 1, "serial_nos": serial_elsewhere},
		errors.SerialNumberError,
		"transfer it first",
	),
	"serial number already used": (
		{"item_code": "serial", "qty": 1, "serial_nos": serial_used},
		errors.SerialNumberError,
		"not in stock",
	),
	"serial number twice": (
		{
			"item_code": "serial",
			"qty": 2,
			"serial_nos": lambda van: f"{van.numbers[0]}\n{van.numbers[0].lower()}",
		},
		errors.SerialNumberError,
		"more than once",
	),
	"serial number for a plain item": (
		{"item_code": "plain", "qty": 1, "serial_nos": "X1"},
		errors.SerialNumberError,
		"has no serial numbers",
	),
	"batch missing": ({"item_code": "batch", "qty": 1}, errors.BatchError, "choose the batch"),
	"batch of another item": (
		{"item_code": "batch", "qty": 1, "batch_no": lambda van: make_batch(make_item(has_batch_no=1).name)},
		errors.BatchError,
		"not a batch of",
	),
	"batch expired": ({"item_code": "batch", "qty": 1, "batch_no": expired}, errors.BatchError, "expired on"),
	"batch disabled": (
		{"item_code": "batch", "qty": 1, "batch_no": disabled_batch},
		errors.BatchError,
		"disabled",
	),
	"batch used up": (
		{"item_code": "batch", "qty": 5, "batch_no": allow_negative_batch},
		errors.NotEnoughStockError,
		"4 free",
	),
	"batch for a plain item": (
		{"item_code": "plain", "qty": 1, "batch_no": lambda van: van.batch_no},
		errors.BatchError,
		"not kept in batches",
	),
}


class TestBadInput:
	@pytest.mark.parametrize("case", BAD_ROWS)
	def test_refused_with_a_sentence_and_nothing_half_done(self, van, case):
		template, error, sentence = BAD_ROWS[case]
		row = {key: value(van) if callable(value) else value for key, value in template.items()}
		row["item_code"] = getattr(van, row["item_code"], row["item_code"])
		good = {"item_code": van.batch, "qty": 1, "batch_no": make_extra_batch(van)}
		visit = visit_of(van, good, row)  # a draft keeps what was typed
		stocks = everything(van)
		with pytest.raises(error) as refused:
			visit.submit()
		text = str(refused.value)
		assert "Row 2" in text and sentence in text
		assert any(sentence in str(message.get("message")) for message in messages())
		assert everything(van) == stocks
		assert not frappe.db.exists("Stock Entry", {"service_consumption_key": visit.name})
		assert not frappe.db.exists("Fitted Part Entry", {"voucher_no": visit.name})

	def test_a_kit_that_is_one_no_more_is_work_like_any_other(self, van):
		whole = kit(van)
		frappe.db.set_value("Product Bundle", whole, "disabled", 1)
		visit_of(van, {"item_code": whole, "qty": 1}).submit()

	def test_all_problems_are_said_at_once(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 0}, {"item_code": van.serial, "qty": 1})
		with pytest.raises(errors.PartRowError):
			visit.submit()
		said = " ".join(str(message.get("message")) for message in messages())
		assert "Row 1" in said and "Row 2" in said

	def test_no_warehouse_at_all(self, van):
		engineer = make_service_engineer(van_warehouse=None)
		visit = make_done_visit({"item_code": van.plain, "qty": 1}, engineer=engineer.name)
		with pytest.raises(errors.PartWarehouseError, match="say where"):
			visit.submit()

	def test_never_below_zero_between_now_and_a_receipt_dated_ahead(self, van):
		item = make_item(allow_negative_stock=1).name
		make_stock_receipt(item, van.warehouse, 1)
		receive_tomorrow(van, item, 5)
		visit = visit_of(van, {"item_code": item, "qty": 3})
		with pytest.raises(errors.NotEnoughStockError, match="1 free today"):
			visit.submit()
		visit_of(van, {"item_code": item, "qty": 1}).submit()

	def test_in_chinese(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 6})
		frappe.local.lang = "zh"
		with pytest.raises(errors.NotEnoughStockError) as refused:
			visit.submit()
		assert van.plain in str(refused.value) and "{0}" not in str(refused.value)


class TestPostedForTomorrow:
	"""Received with tomorrow's date: said as what it is, not in ERPNext's words about negative stock."""

	def refused(self, van: SimpleNamespace, row: dict[str, Any]) -> str:
		visit = visit_of(van, {"item_code": van.plain, "qty": 1}, row)
		before = everything(van)
		with pytest.raises(errors.NotEnoughStockError) as refused:
			visit.submit()
		assert everything(van) == before
		assert not frappe.db.exists("Stock Entry", {"service_consumption_key": visit.name})
		return str(refused.value)

	def test_a_batch(self, van):
		batch = make_batch(van.batch)
		receive_tomorrow(van, van.batch, 4, batch_no=batch)
		text = self.refused(van, {"item_code": van.batch, "qty": 1, "batch_no": batch})
		assert "Row 2" in text and batch in text and "0 free today" in text
		# the batch that was there before is there still
		visit_of(van, {"item_code": van.batch, "qty": 4, "batch_no": van.batch_no}).submit()

	def test_the_only_batch(self, van):
		item = make_item(has_batch_no=1).name
		batch = make_batch(item)
		receive_tomorrow(van, item, 4, batch_no=batch)
		text = self.refused(van, {"item_code": item, "qty": 1, "batch_no": batch})
		assert "Row 2" in text and batch in text and "0 free today" in text

	def test_more_of_a_batch_than_is_there_today(self, van):
		receive_tomorrow(van, van.batch, 4, batch_no=van.batch_no)
		text = self.refused(van, {"item_code": van.batch, "qty": 5, "batch_no": van.batch_no})
		assert van.batch_no in text and "4 free today" in text

	@pytest.mark.parametrize("lower", [False, True])
	def test_a_serial_number(self, van, lower):
		number = unique("SN")
		receive_tomorrow(van, van.serial, 1, serial_no=number)
		typed = number.lower() if lower else number
		text = self.refused(van, {"item_code": van.serial, "qty": 1, "serial_nos": typed})
		assert "Row 2" in text and typed in text and "0 free today" in text
		visit_of(van, {"item_code": van.serial, "qty": 1, "serial_nos": van.numbers[0]}).submit()

	def test_a_serial_number_that_is_moved_there_tomorrow(self, van):
		number, store = unique("SN"), make_warehouse().name
		make_stock_receipt(van.serial, store, 1, serial_no=number)
		insert(
			"Stock Entry",
			{
				"stock_entry_type": "Material Transfer",
				"company": COMPANY,
				"set_posting_time": 1,
				"posting_date": add_days(today(), 1),
				"items": [
					{
						"item_code": van.serial,
						"s_warehouse": store,
						"t_warehouse": van.warehouse,
						"qty": 1,
						"use_serial_batch_fields": 1,
						"serial_no": number,
					}
				],
			},
			{},
		).submit()
		text = self.refused(van, {"item_code": van.serial, "qty": 1, "serial_nos": number})
		assert number in text and "0 free today" in text

	def test_plain_parts(self, van):
		item = make_item().name
		receive_tomorrow(van, item, 3)
		text = self.refused(van, {"item_code": item, "qty": 1})
		assert item in text and "0 free today" in text

	def test_the_form_says_so_before(self, van):
		item, number = make_item().name, unique("SN")
		receive_tomorrow(van, item, 3)
		receive_tomorrow(van, van.serial, 1, serial_no=number)
		visit = visit_of(
			van,
			{"item_code": item, "qty": 1},
			{"item_code": van.serial, "qty": 1, "serial_nos": number},
			{"item_code": van.plain, "qty": 1},
		)
		said = stock_before_submit(visit.name)
		assert [row["free"] for row in said["rows"]] == [0, 2, 5]
		assert any(number in problem and "0 free today" in problem for problem in said["problems"])


def receive_tomorrow(van: SimpleNamespace, item: str, qty: float, **row: Any) -> None:
	"""A receipt posted today with tomorrow's date."""
	tracked = {"use_serial_batch_fields": 1} if row else {}
	entry = {
		"stock_entry_type": "Material Receipt",
		"company": COMPANY,
		"set_posting_time": 1,
		"posting_date": add_days(today(), 1),
		"posting_time": "10:00",
		"items": [
			{
				"item_code": item,
				"t_warehouse": van.warehouse,
				"qty": qty,
				"basic_rate": 100,
				**tracked,
				**row,
			}
		],
	}
	insert("Stock Entry", entry, {}).submit()


def make_extra_batch(van: SimpleNamespace) -> str:
	batch = make_batch(van.batch)
	make_stock_receipt(van.batch, van.warehouse, 1, batch_no=batch)
	return batch


def closed_period(van: SimpleNamespace) -> None:
	period = frappe.get_doc(
		{
			"doctype": "Accounting Period",
			"period_name": unique("Closed"),
			"company": COMPANY,
			"start_date": add_days(today(), -3),
			"end_date": add_days(today(), 3),
		}
	)
	period.append("closed_documents", {"document_type": "Stock Entry", "closed": 1})
	period.insert()


def frozen_stock(van: SimpleNamespace) -> None:
	set_stock_setting("stock_frozen_upto", today())


def frozen_accounts(van: SimpleNamespace) -> None:
	if SIXTEEN:
		frappe.db.set_value("Company", COMPANY, "accounts_frozen_till_date", today())
	else:
		frappe.db.set_single_value("Accounts Settings", "acc_frozen_upto", today())


def no_fiscal_year(van: SimpleNamespace) -> None:
	frappe.get_all("Fiscal Year")
	for year in frappe.get_all("Fiscal Year", pluck="name"):
		frappe.db.set_value("Fiscal Year", year, "disabled", 1)
	frappe.cache.hdel("fiscal_years", COMPANY)
	frappe.cache.delete_key("fiscal_years")


class TestClosedPeriods:
	@pytest.mark.parametrize(
		("close", "error"),
		[
			(closed_period, errors.PostingClosedError),
			(frozen_stock, errors.PostingClosedError),
			(frozen_accounts, errors.StockEntryRefusedError),
		],
	)
	def test_nothing_is_posted_into_a_closed_period(self, van, close, error):
		if close is frozen_accounts:
			perpetual_inventory()
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		frappe.db.savepoint("before_submit")
		close(van)
		with pytest.raises(error, match="Nothing was drawn"):
			visit.submit()
		frappe.db.rollback(save_point="before_submit")
		assert stock(van.plain, van.warehouse) == 5

	def test_cancelling_into_a_closed_period_is_refused_too(self, van):
		perpetual_inventory()
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		visit.submit()
		frozen_stock(van)
		with pytest.raises(errors.PostingClosedError):
			visit.cancel()

	def test_a_visit_of_last_month_is_posted_today(self, van):
		left = add_days(now_datetime(), -40)
		visit = visit_of(van, {"item_code": van.plain, "qty": 1}, arrived_at=add_days(left, -1), left_at=left)
		visit.submit()
		assert str(frappe.db.get_value("Stock Entry", visit.stock_entry, "posting_date")) == today()


def perpetual_inventory() -> None:
	frappe.db.set_value("Company", COMPANY, "enable_perpetual_inventory", 1)
	frappe.clear_document_cache("Company", COMPANY)
	frappe.local.enable_perpetual_inventory = {}


class TestExpenseAccount:
	def test_perpetual_inventory_without_account_is_refused(self, van):
		perpetual_inventory()
		frappe.db.set_value("Company", COMPANY, "stock_adjustment_account", None)
		frappe.clear_document_cache("Company", COMPANY)
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		with pytest.raises(errors.ExpenseAccountMissingError, match=r"Row 1.*Support Service Settings"):
			visit.submit()
