"""A submitted visit draws its parts from real stock, a cancelled one gives them back, and bad input changes nothing."""

from functools import cache
from types import SimpleNamespace
from typing import Any

import frappe
import pytest
from frappe import client
from frappe.api import v1
from frappe.desk.form.save import savedocs
from frappe.handler import run_doc_method
from frappe.utils import add_days, flt, now_datetime, today
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from support_service.field_service.errors import AlreadySubmittedError
from support_service.foundation import bins, transactions
from support_service.service_parts import api, errors
from tests.connections import second_connection
from tests.factories import (
	COMPANY,
	insert,
	make_done_visit,
	make_item,
	make_service_engineer,
	make_service_request,
	make_stock_receipt,
	make_user,
	make_warehouse,
	unique,
)
from tests.ledger_oracle import assert_ledger_clean, ledger_sum, stock


@pytest.fixture
def van() -> SimpleNamespace:
	"""A van with five plain parts, two serial ones and four of one batch."""
	warehouse = make_warehouse().name
	plain = make_item().name
	serial = make_item(has_serial_no=1).name
	batch = make_item(has_batch_no=1).name
	numbers = [unique("SN"), unique("SN")]
	batch_no = make_batch(batch)
	make_stock_receipt(plain, warehouse, 5, rate=80)
	make_stock_receipt(serial, warehouse, 2, rate=300, serial_no="\n".join(numbers))
	make_stock_receipt(batch, warehouse, 4, rate=12, batch_no=batch_no)
	return SimpleNamespace(
		warehouse=warehouse, plain=plain, serial=serial, batch=batch, numbers=numbers, batch_no=batch_no
	)


def make_batch(item: str, **values: Any) -> str:
	return insert("Batch", {"item": item, "batch_id": unique("B")}, values).name


@cache
def crew() -> dict[str, str]:
	"""One engineer and one case for all tests that do not look at them; users are slow to make."""
	made = {"engineer": make_service_engineer().name, "service_request": make_service_request().name}
	frappe.db.commit()
	return made


@pytest.fixture(autouse=True)
def committed_crew(clean_transaction):
	crew()


def visit_of(van: SimpleNamespace, *parts: dict[str, Any], **values: Any) -> Any:
	return make_done_visit(*parts, **{"warehouse": van.warehouse, **crew(), **values})


def all_three(van: SimpleNamespace) -> list[dict[str, Any]]:
	return [
		{"item_code": van.plain, "qty": 2},
		{"item_code": van.serial, "qty": 1, "serial_nos": van.numbers[0]},
		{"item_code": van.batch, "qty": 3, "batch_no": van.batch_no},
	]


class TestDraw:
	def test_one_stock_entry_with_links_both_ways_and_cost(self, van):
		visit = visit_of(van, *all_three(van))
		visit.submit()
		visit.reload()
		entry = frappe.get_doc("Stock Entry", visit.stock_entry)
		assert (entry.docstatus, entry.purpose, entry.company) == (1, "Material Issue", COMPANY)
		assert (entry.engineer_visit, entry.service_request) == (visit.name, visit.service_request)
		assert frappe.db.count("Stock Entry", {"service_consumption_key": visit.name}) == 1
		assert [row.amount for row in visit.parts] == [160, 300, 36]
		assert [row.valuation_rate for row in visit.parts] == [80, 300, 12]
		assert visit.parts_cost == 496
		assert [stock(item, van.warehouse) for item in (van.plain, van.serial, van.batch)] == [3, 1, 1]
		for item in (van.plain, van.serial, van.batch):
			assert_ledger_clean(item, van.warehouse)

	def test_serial_and_batch_go_through_bundles(self, van):
		visit = visit_of(van, *all_three(van))
		visit.submit()
		rows = frappe.get_all(
			"Serial and Batch Entry",
			filters={"parent": ("in", bundles(visit))},
			fields=["serial_no", "batch_no", "qty"],
		)
		assert {(row.serial_no, row.batch_no, row.qty) for row in rows} == {
			(van.numbers[0], None, -1),
			(None, van.batch_no, -3),
		}
		assert not frappe.db.get_value("Serial No", van.numbers[0], "warehouse")

	def test_serial_item_kept_in_batches_finds_its_batch(self):
		item = make_item(has_serial_no=1, has_batch_no=1).name
		warehouse, number, batch = make_warehouse().name, unique("SN"), make_batch(item)
		make_stock_receipt(item, warehouse, 1, serial_no=number, batch_no=batch)
		visit = make_done_visit(
			{"item_code": item, "qty": 1, "serial_nos": number}, warehouse=warehouse, **crew()
		)
		visit.submit()
		assert visit.parts[0].batch_no == batch
		assert stock(item, warehouse) == 0

	@pytest.mark.parametrize("source", ["row", "visit", "engineer"])
	def test_where_it_is_drawn_from(self, van, source):
		engineer = make_service_engineer(van_warehouse=van.warehouse if source == "engineer" else None)
		row = {"item_code": van.plain, "qty": 1}
		if source == "row":
			row["warehouse"] = van.warehouse
		visit = make_done_visit(
			row, engineer=engineer.name, warehouse=van.warehouse if source == "visit" else None
		)
		visit.submit()
		assert visit.parts[0].warehouse == van.warehouse
		assert stock(van.plain, van.warehouse) == 4

	def test_new_visit_submitted_in_one_step(self, van):
		draft = visit_of(van, {"item_code": van.plain, "qty": 1})
		copy = frappe.copy_doc(draft, ignore_no_copy=False)
		copy.update(
			{"docstatus": 1, **{field: draft.get(field) for field in ("arrived_at", "left_at", "outcome")}}
		)
		copy.unsigned_reason = "Customer had left"
		copy.insert()
		assert stock(van.plain, van.warehouse) == 4

	def test_items_without_stock_are_recorded_only(self, van):
		consumable = make_item(is_stock_item=0).name
		visit = visit_of(van, {"item_code": consumable, "qty": 1})
		visit.submit()
		assert not visit.stock_entry

	def test_the_same_item_in_two_rows_counts_together(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 3}, {"item_code": van.plain, "qty": 3})
		with pytest.raises(errors.NotEnoughStockError, match=r"Row 2.* 2 free"):
			visit.submit()

	def test_serial_numbers_in_any_case_and_separator(self, van):
		entered = f" {van.numbers[0].lower()} ,{van.numbers[1]}\n"
		visit = visit_of(van, {"item_code": van.serial, "qty": 2, "serial_nos": entered})
		visit.submit()
		assert visit.parts[0].serial_nos == "\n".join(van.numbers)

	def test_cost_center_and_expense_account_from_settings(self, van):
		cost_center = frappe.db.get_value("Company", COMPANY, "cost_center")
		account = frappe.db.get_value(
			"Account", {"company": COMPANY, "is_group": 0, "root_type": "Expense", "account_type": ""}
		)
		settings = frappe.get_single("Support Service Settings")
		settings.set(
			"company_defaults",
			[{"company": COMPANY, "cost_center": cost_center, "expense_account": account}],
		)
		settings.save()
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		visit.submit()
		item = frappe.get_doc("Stock Entry", visit.stock_entry).items[0]
		assert (item.cost_center, item.expense_account) == (cost_center, account)

	def test_data_import_posts_at_the_time_of_the_lock(self, van):
		long_ago = add_days(now_datetime(), -40)
		visit = visit_of(van, {"item_code": van.plain, "qty": 1}, arrived_at=long_ago, left_at=long_ago)
		before = now_datetime()
		frappe.flags.in_import = True
		try:
			visit.submit()
		finally:
			frappe.flags.in_import = False
		posted = frappe.db.get_value(
			"Stock Ledger Entry", {"voucher_no": visit.stock_entry}, "posting_datetime"
		)
		assert before <= posted <= now_datetime()

	def test_costs_one_query_per_record_type_however_many_rows(self, van):
		from support_service.service_parts import part_facts

		visit = visit_of(van, *all_three(van), *all_three(van), *all_three(van))
		queries: list[str] = []
		plain_sql = frappe.db.sql
		frappe.db.sql = lambda *args, **kwargs: (queries.append(str(args[0])), plain_sql(*args, **kwargs))[1]
		try:
			part_facts.gather(visit)
		finally:
			frappe.db.sql = plain_sql
		assert len(queries) <= 5, queries


class TestWhoDraws:
	def test_engineer_needs_no_stock_role(self, van):
		engineer = make_service_engineer(van_warehouse=van.warehouse)
		visit = visit_of(van, *all_three(van), engineer=engineer.name)
		frappe.set_user(engineer.user)
		assert not frappe.has_permission("Stock Entry", "create")
		doc = frappe.get_doc("Engineer Visit", visit.name)
		doc.submit()
		assert frappe.db.get_value("Stock Entry", doc.stock_entry, "owner") == engineer.user
		assert set(frappe.get_all("Stock Ledger Entry", {"voucher_no": doc.stock_entry}, pluck="owner")) == {
			engineer.user
		}

	def test_who_may_not_submit_draws_nothing(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		frappe.set_user(make_user("Service Desk Agent").name)
		with pytest.raises(frappe.PermissionError):
			frappe.get_doc("Engineer Visit", visit.name).submit()
		assert stock(van.plain, van.warehouse) == 5


class TestGiveBack:
	def test_cancel_gives_everything_back(self, van):
		visit = visit_of(van, *all_three(van))
		visit.submit()
		visit.cancel()
		assert frappe.db.get_value("Stock Entry", visit.stock_entry, "docstatus") == 2
		assert [stock(item, van.warehouse) for item in (van.plain, van.serial, van.batch)] == [5, 2, 4]
		assert frappe.db.get_value("Serial No", van.numbers[0], "warehouse") == van.warehouse
		for item in (van.plain, van.serial, van.batch):
			assert_ledger_clean(item, van.warehouse)

	def test_amended_visit_draws_again(self, van):
		visit = visit_of(van, *all_three(van))
		visit.submit()
		visit.cancel()
		amended = frappe.copy_doc(visit, ignore_no_copy=False)
		amended.update({"amended_from": visit.name, "docstatus": 0})
		amended.update({field: visit.get(field) for field in ("arrived_at", "left_at", "outcome")})
		amended.unsigned_reason = "Customer had left"
		amended.insert()
		assert not amended.stock_entry and not amended.parts_cost
		amended.submit()
		assert amended.stock_entry != visit.stock_entry
		assert stock(van.plain, van.warehouse) == 3

	def test_given_back_to_where_it_came_from_after_the_engineer_changed_vans(self, van):
		engineer = make_service_engineer(van_warehouse=van.warehouse)
		visit = make_done_visit({"item_code": van.plain, "qty": 1}, engineer=engineer.name)
		visit.submit()
		engineer.van_warehouse = make_warehouse().name
		engineer.save()
		visit.reload()
		visit.cancel()
		assert stock(van.plain, van.warehouse) == 5

	def test_stock_entry_of_a_standing_visit_cannot_be_cancelled_on_its_own(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		visit.submit()
		with pytest.raises(frappe.LinkExistsError, match=visit.name):
			frappe.get_doc("Stock Entry", visit.stock_entry).cancel()


def bundles(visit: Any) -> list[str]:
	return frappe.get_all(
		"Serial and Batch Bundle", {"voucher_no": visit.stock_entry, "docstatus": 1}, pluck="name"
	)


def elsewhere(van: SimpleNamespace) -> str:
	return make_warehouse().name


def other_company() -> str:
	name = "Other Service Company"
	if not frappe.db.exists("Company", name):
		insert("Company", {"company_name": name, "default_currency": "CNY", "country": "China"}, {})
	return name


def disabled_item(van: SimpleNamespace) -> str:
	frappe.db.set_value("Item", van.plain, "disabled", 1)
	return van.plain


def retired_item(van: SimpleNamespace) -> str:
	frappe.db.set_value("Item", van.plain, "end_of_life", add_days(today(), -1))
	return van.plain


def template_item(van: SimpleNamespace) -> str:
	attribute = insert(
		"Item Attribute",
		{"attribute_name": unique("Size"), "item_attribute_values": [{"attribute_value": "1", "abbr": "1"}]},
		{},
	).name
	return make_item(has_variants=1, attributes=[{"attribute": attribute}]).name


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


@pytest.fixture(autouse=True)
def stock_settings_as_before():
	"""Settings are rolled back in the database; the caches in Redis are not."""
	frappe.clear_messages()
	yield
	frappe.db.rollback()
	frappe.clear_document_cache("Stock Settings")
	frappe.clear_document_cache("Accounts Settings")
	frappe.clear_document_cache("Company", COMPANY)
	frappe.clear_document_cache("Support Service Settings")


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
		receipt = frappe.copy_doc(make_stock_receipt(item, van.warehouse, 1))
		receipt.update({"set_posting_time": 1, "posting_date": add_days(today(), 1), "posting_time": "10:00"})
		receipt.items[0].qty = 5
		receipt.insert()
		receipt.submit()
		visit = visit_of(van, {"item_code": item, "qty": 3})
		with pytest.raises(errors.NotEnoughStockError, match="below zero"):
			visit.submit()

	def test_in_chinese(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 6})
		frappe.local.lang = "zh"
		with pytest.raises(errors.NotEnoughStockError) as refused:
			visit.submit()
		assert van.plain in str(refused.value) and "{0}" not in str(refused.value)


def make_extra_batch(van: SimpleNamespace) -> str:
	batch = make_batch(van.batch)
	make_stock_receipt(van.batch, van.warehouse, 1, batch_no=batch)
	return batch


def messages() -> list[dict[str, Any]]:
	return [
		frappe.parse_json(message) if isinstance(message, str) else message for message in frappe.message_log
	]


def everything(van: SimpleNamespace) -> list[tuple[float, float]]:
	return [
		(stock(item, van.warehouse), ledger_sum(item, van.warehouse))
		for item in (van.plain, van.serial, van.batch)
	]


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
	frappe.db.set_single_value("Accounts Settings", "acc_frozen_upto", today())


def no_fiscal_year(van: SimpleNamespace) -> None:
	frappe.get_all("Fiscal Year")
	for year in frappe.get_all("Fiscal Year", pluck="name"):
		frappe.db.set_value("Fiscal Year", year, "disabled", 1)
	frappe.cache.hdel("fiscal_years", COMPANY)
	frappe.cache.delete_key("fiscal_years")


def set_stock_setting(field: str, value: Any) -> None:
	frappe.db.set_single_value("Stock Settings", field, value)
	frappe.clear_document_cache("Stock Settings")


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


class TestRepeat:
	def test_stale_double_click_finds_what_was_done(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		again = frappe.get_doc("Engineer Visit", visit.name)
		visit.submit()
		again.submit()
		assert again.stock_entry == visit.stock_entry
		assert stock(van.plain, van.warehouse) == 4

	def test_a_repeat_compares_serial_numbers_not_their_spelling(self, van):
		part = {"item_code": van.serial, "qty": 2, "serial_nos": ", ".join(van.numbers).lower()}
		visit = visit_of(van, part)
		again = frappe.get_doc("Engineer Visit", visit.name)
		visit.submit()
		again.submit()
		assert again.parts[0].serial_nos == "\n".join(van.numbers)
		assert stock(van.serial, van.warehouse) == 0

	def test_a_repeat_with_other_content_is_told_so(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		again = frappe.get_doc("Engineer Visit", visit.name)
		visit.submit()
		again.parts[0].qty = 2
		with pytest.raises(AlreadySubmittedError, match=visit.stock_entry):
			again.submit()
		assert stock(van.plain, van.warehouse) == 4

	def test_cancelled_twice(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		visit.submit()
		visit.cancel()
		again = frappe.get_doc("Engineer Visit", visit.name)
		again.cancel()
		assert stock(van.plain, van.warehouse) == 5

	def test_the_key_keeps_a_visit_from_being_drawn_twice(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		visit.submit()
		from support_service.service_parts import visit_stock

		visit_stock.draw(visit)
		assert stock(van.plain, van.warehouse) == 4
		entry = frappe.get_doc("Stock Entry", visit.stock_entry)
		with pytest.raises(frappe.UniqueValidationError):
			frappe.copy_doc(entry).update({"service_consumption_key": visit.name}).insert()

	def test_a_copied_stock_entry_is_an_ordinary_one(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		visit.submit()
		copy = frappe.copy_doc(frappe.get_doc("Stock Entry", visit.stock_entry), ignore_no_copy=False)
		assert not copy.service_consumption_key and not copy.engineer_visit


def pretend_request(method: str, data: dict[str, Any]) -> None:
	frappe.local.request = Request(EnvironBuilder(method=method, json=data).get_environ())


def by_document(name: str) -> None:
	frappe.get_doc("Engineer Visit", name).submit()


def by_desk_form(name: str) -> None:
	frappe.response.docs = []
	savedocs(frappe.get_doc("Engineer Visit", name).as_json(), "Submit")


def by_rest(name: str) -> None:
	pretend_request("PUT", {"docstatus": 1})
	v1.update_doc("Engineer Visit", name)


def by_client(name: str) -> None:
	client.submit(frappe.get_doc("Engineer Visit", name).as_json())


def by_method_call(name: str) -> None:
	pretend_request("POST", {})
	run_doc_method("submit", dt="Engineer Visit", dn=name)


class TestTransactions:
	@pytest.mark.parametrize("door", [by_document, by_desk_form, by_rest, by_client, by_method_call])
	def test_every_way_to_submit_is_a_transaction_of_its_own(self, van, door, monkeypatch):
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		frappe.db.commit()
		begun = []
		run_whole = transactions.run_whole
		monkeypatch.setattr(frappe.local, "request", None, raising=False)
		monkeypatch.setattr(transactions, "run_whole", lambda *args: (begun.append(1), run_whole(*args))[1])
		door(visit.name)
		assert begun == [1]
		assert stock(van.plain, van.warehouse) == 4

	def test_own_transaction_is_left_to_the_caller_to_commit(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		frappe.db.commit()
		visit.submit()
		frappe.db.rollback()
		assert stock(van.plain, van.warehouse) == 5
		assert frappe.db.get_value("Engineer Visit", visit.name, "docstatus") == 0

	def test_a_refusal_keeps_what_the_caller_had_written_before(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 6})
		frappe.db.commit()
		note = insert("Note", {"title": unique("Note")}, {})
		with pytest.raises(errors.NotEnoughStockError):
			visit.submit()
		assert frappe.db.exists("Note", note.name)

	def test_the_document_comes_back_as_handed_in_after_a_refusal(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 6})
		frappe.db.commit()
		visit.work_done = "Typed just now"
		with pytest.raises(errors.NotEnoughStockError):
			visit.submit()
		visit.parts[0].qty = 1
		visit.submit()
		assert (visit.work_done, stock(van.plain, van.warehouse)) == ("Typed just now", 4)

	def test_a_swallowed_deadlock_is_noticed(self, van, monkeypatch):
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		frappe.db.commit()
		from support_service.service_parts import unit_parts

		attempts = []

		def swallow(doc, method=None):
			attempts.append(1)
			if len(attempts) == 1:
				frappe.db.rollback()  # what the database does on a deadlock

		monkeypatch.setattr(unit_parts, "record", swallow)
		visit.submit()
		frappe.db.commit()
		assert len(attempts) == 2
		assert stock(van.plain, van.warehouse) == 4
		assert frappe.db.count("Stock Entry", {"service_consumption_key": visit.name}) == 1

	def test_a_case_changed_meanwhile_is_read_again(self, van, monkeypatch):
		# a report that moves nothing, so that the visit itself does not hold the case when the other one changes it
		case = make_service_request().name
		frappe.db.set_value("Service Request", case, "status", "In Progress")
		part = {"item_code": van.plain, "qty": 1}
		visit = visit_of(van, part, service_request=case, outcome="Not Solved")
		frappe.db.commit()
		from support_service.service_parts import unit_parts

		attempts = []

		def clash(doc, method=None):
			attempts.append(1)
			if len(attempts) == 1:
				with second_connection() as other:
					other.sql(
						"update `tabService Request` set modified = now(6) where name = %s",
						(visit.service_request,),
					)
					other.commit()
			frappe.get_doc("Service Request", visit.service_request).save()

		monkeypatch.setattr(unit_parts, "record", clash)
		visit.submit()
		assert len(attempts) == 2
		assert not frappe.message_log
		assert stock(van.plain, van.warehouse) == 4

	def test_a_draft_changed_by_somebody_else_is_not_submitted(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		frappe.db.commit()
		frappe.get_doc("Engineer Visit", visit.name).save()
		frappe.db.commit()
		with pytest.raises(frappe.TimestampMismatchError):
			visit.submit()
		assert frappe.message_log
		assert stock(van.plain, van.warehouse) == 5

	def test_a_callers_stale_snapshot_is_refused(self, van):
		place = (van.plain, van.warehouse)
		frappe.db.commit()
		stock(*place)  # opens the snapshot
		with second_connection() as other:
			other.sql("update tabBin set modified = now(6) where item_code = %s and warehouse = %s", place)
			other.commit()
		with pytest.raises(bins.StockChangedError, match="try again"):
			bins.lock_in_callers_transaction([place])

	def test_who_owns_the_transaction(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		assert not transactions.owns_transaction(visit)
		frappe.db.commit()
		assert transactions.owns_transaction(visit)
		visit.flags.in_callers_transaction = True
		assert not transactions.owns_transaction(visit)


class TestStockBeforeSubmit:
	def test_says_what_is_there_and_where_else(self, van):
		other = make_warehouse().name
		make_stock_receipt(van.plain, other, 9)
		visit = visit_of(van, {"item_code": van.plain, "qty": 6}, {"item_code": van.serial, "qty": 1})
		told = api.stock_before_submit(visit.name)
		assert told["rows"][0] == {
			"idx": 1,
			"item_code": van.plain,
			"warehouse": van.warehouse,
			"needed": 6,
			"free": 5,
			"elsewhere": [{"warehouse": other, "free": 9}],
		}
		assert len(told["problems"]) == 1 and "Row 2" in told["problems"][0]

	@pytest.mark.parametrize("role", ["Customer", "Sales User"])
	def test_permission_first(self, van, role):
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		frappe.set_user(make_user(role).name)
		with pytest.raises(frappe.PermissionError):
			api.stock_before_submit(visit.name)


def test_company_of_the_visit_decides(van):
	"""A case of another company cannot be charged with this company's stock."""
	case = make_service_request(company=other_company())
	visit = visit_of(van, {"item_code": van.plain, "qty": 1}, service_request=case.name)
	with pytest.raises(errors.PartWarehouseError, match="belongs to"):
		visit.submit()


def test_fractions_where_the_unit_allows_them(van):
	uom = insert("UOM", {"uom_name": unique("Metre"), "must_be_whole_number": 0}, {}).name
	item = make_item(stock_uom=uom).name
	make_stock_receipt(item, van.warehouse, 2.5, rate=10)
	visit = visit_of(van, {"item_code": item, "qty": 1.25})
	visit.submit()
	assert flt(stock(item, van.warehouse)) == 1.25
	assert visit.parts_cost == 12.5
	assert_ledger_clean(item, van.warehouse)
