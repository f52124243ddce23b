"""A submitted visit draws its parts from real stock, a cancelled one gives them back."""

import frappe
import pytest
from frappe.utils import add_days, flt, now_datetime

from support_service.service_parts import api, errors
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
from tests.ledger_oracle import assert_ledger_clean, stock
from tests.site.visit_world import all_three, bundles, crew, make_batch, other_company, visit_of

pytestmark = pytest.mark.usefixtures("committed_crew", "stock_settings_as_before")


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
		told = ("planned_start", "planned_end", "arrived_at", "left_at", "outcome", "work_done", "findings")
		copy.update({"docstatus": 1, **{field: draft.get(field) for field in told}})
		copy.append("parts", {"item_code": van.plain, "qty": 1})
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
		part_facts.gather(visit)  # what Frappe keeps of DocTypes is kept now
		queries: list[str] = []
		plain_sql = frappe.db.sql
		frappe.db.sql = lambda *args, **kwargs: (queries.append(str(args[0])), plain_sql(*args, **kwargs))[1]
		try:
			part_facts.gather(visit)
		finally:
			frappe.db.sql = plain_sql
		# the seventh: which serial numbers are a customer's own, here for repair
		assert len(queries) <= 7, queries


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
		amended = frappe.copy_doc(visit)  # as the desk's Amend does
		amended.update({"amended_from": visit.name, "docstatus": 0})
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
