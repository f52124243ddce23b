"""What happens to a removed part: from the visit through the store to the vendor's credit, with ERPNext's own books."""

from types import SimpleNamespace

import frappe
import pytest
from frappe.utils import add_days, getdate, today

from support_service.service_parts import availability, errors
from support_service.service_parts.needs import reserving
from support_service.service_parts.needs.errors import NothingToReserveError
from support_service.service_parts.removed import moves, record
from support_service.service_parts.removed.errors import (
	LaterStepsError,
	PartsBackAlreadyError,
	RemovedRowError,
	StepIncompleteError,
	StepNotAllowedError,
)
from tests.factories import (
	insert,
	make_installed_unit,
	make_item,
	make_part_need,
	make_service_request,
	make_stock_receipt,
	make_warehouse,
	unique,
)
from tests.ledger_oracle import stock
from tests.site.removed_world import (
	books_are_clean,
	gl_of,
	holds,
	make_purchase,
	make_store,
	parts_of,
	set_company,
	step,
	swap,
)
from tests.site.visit_world import visit_of

pytestmark = pytest.mark.usefixtures("committed_crew", "stock_settings_as_before")
KINDS = ("plain", "serial", "batch")


@pytest.fixture
def van():
	return make_store()


class TestVisit:
	def test_one_for_each_removed_serial_number_else_one_for_each_row(self, van):
		visit = visit_of(
			van,
			{
				"item_code": van.serial,
				"qty": 2,
				"serial_nos": "\n".join(van.numbers),
				"removed_serial_nos": "OLD-1\nOLD-2",
			},
			{"item_code": van.plain, "qty": 3, "removed_qty": 3, "removed_goes_to": "Scrapped on Site"},
			{"item_code": van.batch, "qty": 1, "batch_no": van.batch_no},
		)
		visit.submit()
		found = [(part.item_code, part.serial_no, part.qty, part.status) for part in parts_of(visit)]
		assert found == [
			(van.serial, "OLD-1", 1, "Due"),
			(van.serial, "OLD-2", 1, "Due"),
			(van.plain, None, 3, "Scrapped"),
		]
		first = parts_of(visit)[0]
		assert (first.service_request, first.customer, first.engineer, first.company) == (
			visit.service_request,
			visit.customer,
			visit.engineer,
			visit.company,
		)
		assert getdate(first.due_on) == getdate(add_days(visit.left_at, 14))

	def test_defaults_are_written_to_the_row(self, van):
		visit = visit_of(
			van,
			{"item_code": van.serial, "qty": 1, "serial_nos": van.numbers[0], "removed_serial_nos": "OLD-3"},
			{"item_code": van.plain, "qty": 1, "removed_qty": 1},
		)
		visit.submit()
		visit.reload()
		assert [(row.removed_goes_to, row.removed_belongs_to) for row in visit.parts] == [
			("Back to Us", "Us"),
			("Left with Customer", "Customer"),
		]
		assert [part.status for part in parts_of(visit)] == ["Due", "Left with Customer"]

	def test_rule_of_an_item_group_and_a_due_date_of_its_own(self, van):
		settings = frappe.get_single("Support Service Settings")
		settings.append(
			"removed_part_rules",
			{"item_group": "All Item Groups", "disposition": "Back to Us", "due_days": 3},
		)
		settings.save()
		try:
			due = add_days(today(), 40)
			visit = visit_of(
				van,
				{"item_code": van.plain, "qty": 1, "removed_qty": 1},
				{"item_code": van.plain, "qty": 1, "removed_qty": 1, "return_due_on": due},
			)
			visit.submit()
			assert [(part.disposition, getdate(part.due_on)) for part in parts_of(visit)] == [
				("Back to Us", getdate(add_days(visit.left_at, 3))),
				("Back to Us", getdate(due)),
			]
		finally:
			settings.reload()
			settings.removed_part_rules = []
			settings.save()

	def test_the_new_one_first_the_old_one_later_or_not_at_all(self, van):
		part = swap(van, "plain", removed_item_code=None, removed_qty=0, comes_back_with="Customer")
		assert (part.qty, part.comes_back_with, part.status) == (1, "Customer", "Due")
		with pytest.raises(StepIncompleteError):
			step(part, "waive")
		assert step(part, "waive", "Lost in the post").status == "Waived"
		assert moves.undo(part.name).status == "Due"

	def test_a_tool_moves_no_stock_and_comes_back(self, van):
		visit = visit_of(
			van,
			{"item_code": van.plain, "qty": 1, "kind": "Tool"},
			{"item_code": van.serial, "qty": 1, "kind": "Tool", "serial_nos": "METER-7", "tool_back": 0},
			{"item_code": van.batch, "qty": 1, "kind": "Consumable", "batch_no": van.batch_no},
		)
		visit.submit()
		assert [stock(item, van.warehouse) for item in (van.plain, van.serial, van.batch)] == [5, 2, 3]
		[left] = parts_of(visit)
		assert (left.serial_no, left.is_tool, left.status) == ("METER-7", 1, "Due")
		assert step(left, "receive").status == "Received"
		assert stock(van.serial, van.defective) == 0
		assert not moves.steps_for(frappe.get_doc("Removed Part", left.name))

	def test_what_cannot_be_is_said_of_all_rows_at_once(self, van):
		visit = visit_of(
			van,
			{"item_code": van.plain, "qty": 1, "kind": "Tool", "removed_qty": 1},
			{"item_code": van.plain, "qty": 1, "removed_qty": 1, "removed_serial_nos": "A\nB"},
			{"item_code": van.plain, "qty": 1, "removed_serial_nos": "a"},
		)
		with pytest.raises(RemovedRowError) as refused:
			visit.submit()
		assert all(f"Row {row}" in str(refused.value) for row in (1, 2, 3))

	def test_ten_rows_cancelled_and_amended(self, van):
		rows = [{"item_code": van.plain, "qty": 0.5, "removed_qty": 1} for _number in range(9)]
		frappe.db.set_value("UOM", "Nos", "must_be_whole_number", 0)
		frappe.clear_document_cache("UOM", "Nos")
		rows = [{**row, "removed_goes_to": "Back to Us"} for row in rows]
		visit = visit_of(
			van,
			*rows,
			{"item_code": van.serial, "qty": 1, "serial_nos": van.numbers[0], "removed_serial_nos": "OLD-9"},
		)
		visit.submit()
		assert len(parts_of(visit)) == 10
		visit.cancel()
		assert {part.status for part in parts_of(visit)} == {"Cancelled"}
		assert [stock(van.plain, van.warehouse), stock(van.serial, van.warehouse)] == [5, 2]
		amended = frappe.copy_doc(visit)
		amended.update({"amended_from": visit.name, "docstatus": 0, "status": "Planned"})
		for row, before in zip(amended.parts, visit.parts, strict=True):
			row.update({"serial_nos": before.serial_nos, "removed_serial_nos": before.removed_serial_nos})
		amended.insert()
		amended.submit()
		assert len(parts_of(amended)) == 10
		assert [stock(van.plain, van.warehouse), stock(van.serial, van.warehouse)] == [0.5, 1]
		frappe.db.set_value("UOM", "Nos", "must_be_whole_number", 1)
		frappe.clear_document_cache("UOM", "Nos")

	def test_cancelling_is_refused_while_parts_are_back_and_names_all(self, van):
		visit = visit_of(
			van,
			{"item_code": van.plain, "qty": 1, "removed_qty": 1, "removed_goes_to": "Back to Us"},
			{"item_code": van.plain, "qty": 1, "removed_qty": 1, "removed_goes_to": "Back to Us"},
			{"item_code": van.plain, "qty": 1, "removed_qty": 1, "removed_goes_to": "Left with Customer"},
		)
		visit.submit()
		first, second, _left = parts_of(visit)
		step(first, "receive")
		step(second, "receive")
		frappe.db.commit()  # so that cancelling has a transaction of its own
		visit.reload()
		with pytest.raises(PartsBackAlreadyError) as refused:
			visit.cancel()
		assert first.name in str(refused.value) and second.name in str(refused.value)
		assert frappe.db.get_value("Engineer Visit", visit.name, "docstatus") == 1
		moves.undo(first.name)
		moves.undo(second.name)
		visit.reload()
		visit.cancel()
		assert {part.status for part in parts_of(visit)} == {"Cancelled"}
		assert stock(van.plain, van.warehouse) == 5


@pytest.mark.parametrize("kind", KINDS)
class TestDispositions:
	def test_good_is_available_again(self, van, kind):
		part = step(swap(van, kind), "receive")
		assert (part.status, holds(part, van.defective), part.value_rate) == ("Received", 1, 0)
		before = holds(part, van.store)
		part = step(part, "test_good")
		assert (part.status, part.test_result, part.warehouse) == ("Tested", "Good", van.store)
		assert (holds(part, van.defective), holds(part, van.store)) == (0, before + 1)
		assert not moves.steps_for(part)
		books_are_clean(part, van.defective, van.store)

	def test_repaired_is_available_again(self, van, kind):
		part = step(step(step(swap(van, kind), "receive"), "test_repairable"), "repair")
		assert (part.status, holds(part, van.defective)) == ("In Repair", 1)
		part = step(part, "repaired")
		assert (part.status, holds(part, van.defective), holds(part, van.store)) == ("Repaired", 0, 1)
		books_are_clean(part, van.defective, van.store)

	def test_scrapped_is_gone(self, van, kind):
		part = step(step(swap(van, kind), "receive"), "test_defective")
		with pytest.raises(StepIncompleteError, match="reason"):
			step(part, "scrap")
		part = step(part, "scrap", "Burnt")
		assert (part.status, part.warehouse, holds(part, van.defective)) == ("Scrapped", None, 0)
		books_are_clean(part, van.defective)

	def test_returned_without_a_purchase_is_an_issue_with_the_reference(self, van, kind):
		part = step(step(swap(van, kind), "receive"), "test_defective")
		with pytest.raises(StepIncompleteError, match="Supplier"):
			step(part, "return_to_vendor")
		part = step(part, "return_to_vendor", supplier=van.supplier, vendor_reference="RMA-77")
		assert (part.status, holds(part, van.defective), part.purchase_return) == (
			"Returned to Vendor",
			0,
			None,
		)
		entry = frappe.get_doc("Stock Entry", record.last_step(part).stock_entry)
		assert (entry.purpose, "RMA-77" in entry.remarks) == ("Material Issue", True)
		books_are_clean(part, van.defective)
		assert step(part, "no_credit", "Out of their warranty").status == "Not Credited"

	def test_every_step_can_be_taken_back(self, van, kind):
		part = step(step(step(swap(van, kind), "receive"), "test_defective"), "scrap", "Burnt")
		statuses = [moves.undo(part.name).status for _step in range(3)]
		assert statuses == ["Tested", "Received", "Due"]
		assert (holds(part, van.defective), frappe.db.get_value("Removed Part", part.name, "warehouse")) == (
			0,
			None,
		)
		with pytest.raises(StepNotAllowedError, match="cancel the visit"):
			moves.undo(part.name)
		assert step(part, "receive").status == "Received"
		assert holds(part, van.defective) == 1

	def test_the_same_command_three_times_acts_once(self, van, kind):
		part = swap(van, kind)
		for _time in range(3):
			step(part, "receive")
		assert holds(part, van.defective) == 1
		for _time in range(3):
			step(part, "test_good")
		assert (holds(part, van.defective), holds(part, van.store)) == (0, 1)


class TestReceiving:
	def test_a_value_of_zero_stays_zero_though_the_item_has_one(self, van):
		part = step(swap(van, "plain"), "receive")
		[row] = frappe.get_all(
			"Stock Ledger Entry",
			{"voucher_no": record.last_step(part).stock_entry},
			["incoming_rate", "stock_value_difference"],
		)
		assert (row.incoming_rate, row.stock_value_difference) == (0, 0)
		part = step(part, "test_good")
		assert (
			frappe.db.get_value("Bin", {"item_code": van.plain, "warehouse": van.store}, "stock_value") == 0
		)

	def test_a_value_where_the_settings_say_so(self, van):
		set_company(removed_part_value=25)
		make_stock_receipt(van.plain, van.store, 2, rate=80)
		part = step(swap(van, "plain"), "receive")
		assert part.value_rate == 20
		entry = record.last_step(part).stock_entry
		assert sum(row.debit for row in gl_of("Stock Entry", entry)) == 20
		books_are_clean(step(part, "test_good"), van.defective, van.store)

	def test_erpnexts_own_reports_agree(self, van):
		from erpnext.accounts.report.general_ledger import general_ledger
		from erpnext.stock.report.stock_balance import stock_balance

		set_company(removed_part_value=25)
		make_stock_receipt(van.plain, van.store, 2, rate=80)
		part = step(step(swap(van, "plain"), "receive"), "test_good")
		when = {"company": part.company, "from_date": today(), "to_date": today()}
		_columns, rows = stock_balance.execute(
			frappe._dict(when, item_code=[van.plain], warehouse=[van.store], valuation_field_type="Currency")
		)[:2]
		assert [(row["bal_qty"], row["bal_val"]) for row in rows] == [(3, 180)]
		received = next(row.stock_entry for row in part.history if row.action == "receive")
		_columns, rows = general_ledger.execute(
			frappe._dict(
				when,
				voucher_no=received,
				group_by="Group by Voucher (Consolidated)",
				categorize_by="Categorize by Voucher (Consolidated)",
				account=[],
				party=[],
				cost_center=[],
				project=[],
			)
		)[:2]
		lines = [row for row in rows if row.get("voucher_no") == received]
		assert sum(row["debit"] for row in lines) == sum(row["credit"] for row in lines) == 20

	def test_fourteen_and_three_are_seventeen(self, van):
		"""And before the three are tested fourteen: what came back may be the broken one."""
		make_stock_receipt(van.plain, van.store, 14)
		part = step(swap(van, "plain", qty=3, removed_qty=3), "receive")
		assert (holds(part, van.store), holds(part, van.defective)) == (14, 3)
		assert free_of(part) == {van.warehouse: 2, van.store: 14}
		wanted = make_part_need(service_request=part.service_request, item_code=van.plain, qty=20)
		with pytest.raises(NothingToReserveError):
			reserving.reserve(part.service_request, [wanted.name], van.defective)
		with pytest.raises(errors.PartWarehouseError, match="tested"):
			visit_of(van, {"item_code": van.plain, "qty": 1, "warehouse": van.defective}).submit()
		part = step(part, "test_good")
		assert (part.qty, holds(part, van.store)) == (3, 17)
		assert free_of(part) == {van.warehouse: 2, van.store: 17}

	def test_what_we_rejected_or_lent_is_not_free(self, van):
		rejects = make_warehouse(is_rejected_warehouse=1).name
		lent, inspected = make_warehouse().name, make_warehouse().name
		set_company(loan_warehouse=lent, loan_inspection_warehouse=inspected)
		make_purchase(
			van.plain,
			van.store,
			10,
			van.supplier,
			received_qty=15,
			rejected_qty=5,
			rejected_warehouse=rejects,
		)
		for place in (lent, inspected):
			make_stock_receipt(van.plain, place, 1)
		assert [stock(van.plain, place) for place in (rejects, lent, inspected)] == [5, 1, 1]
		assert {place[1]: there.free for place, there in availability.on_hand([van.plain]).items()} == {
			van.warehouse: 5,
			van.store: 10,
		}
		# a small company inspects what comes back in the store itself
		set_company(loan_inspection_warehouse=van.store)
		assert availability.on_hand([van.plain])[(van.plain, van.store)].free == 10

	def test_a_sold_serial_number_with_a_history_comes_in_without_touching_its_sale(self, van):
		number = van.numbers[1]
		visit_of(van, {"item_code": van.serial, "qty": 1, "serial_nos": number}).submit()
		part = swap(van, "serial", removed_serial_nos=number.lower())
		assert part.serial_no == number
		part = step(part, "receive")
		assert frappe.db.get_value("Serial No", number, "warehouse") == van.defective
		books_are_clean(part, van.defective)

	def test_a_number_that_is_in_stock_is_not_taken_in_again(self, van):
		part = swap(van, "serial", removed_serial_nos=van.numbers[1])
		with pytest.raises(StepIncompleteError, match=van.warehouse):
			step(part, "receive")

	def test_an_unread_number_is_asked_for(self, van):
		part = swap(van, "serial", removed_serial_nos=None, removed_qty=1)
		with pytest.raises(StepIncompleteError, match="serial number"):
			step(part, "receive")
		number = unique("OLD")
		assert step(part, "receive", serial_no=number).serial_no == number
		assert frappe.db.get_value("Serial No", number, "warehouse") == van.defective

	def test_a_batch_nobody_knows_gets_one_of_its_own(self, van):
		part = swap(van, "batch", removed_batch_no=None)
		part = step(part, "receive")
		assert part.batch_no == part.name
		books_are_clean(part, van.defective)

	def test_an_item_without_stock_has_no_stock_effect(self, van):
		item = make_item(is_stock_item=0).name
		part = swap(van, "plain", removed_item_code=item)
		part = step(step(step(part, "receive"), "test_defective"), "scrap", "Burnt")
		assert part.status == "Scrapped"
		assert not any(row.stock_entry for row in part.history)

	def test_no_warehouse_says_where_to_set_it(self, van):
		set_company(defective_warehouse=None)
		with pytest.raises(StepIncompleteError, match="Support Service Settings"):
			step(swap(van, "plain"), "receive")

	def test_two_of_three(self, van):
		part = swap(van, "plain", qty=3, removed_qty=3)
		with pytest.raises(StepIncompleteError):
			step(part, "receive", qty=4)
		part = step(part, "receive", qty=2)
		[rest] = frappe.get_all("Removed Part", {"split_from": part.name}, ["name", "qty", "status"])
		assert (part.qty, holds(part, van.defective)) == (2, 2)
		assert (rest.qty, rest.status) == (1, "Due")
		assert moves.undo(part.name).status == "Due"
		merged = moves.undo(part.name)
		assert (merged.qty, merged.status) == (3, "Due")
		assert frappe.db.get_value("Removed Part", rest.name, "status") == "Cancelled"
		assert step(part, "receive").qty == 3

	def test_a_closed_period_refuses_and_leaves_nothing_half_done(self, van):
		part = swap(van, "plain")
		frappe.db.commit()
		frappe.db.set_single_value("Stock Settings", "stock_frozen_upto", today())
		frappe.clear_document_cache("Stock Settings")
		try:
			with pytest.raises(errors.PostingClosedError):
				step(part, "receive")
		finally:
			frappe.db.set_single_value("Stock Settings", "stock_frozen_upto", None)
			frappe.clear_document_cache("Stock Settings")
		assert (holds(part, van.defective), frappe.db.get_value("Removed Part", part.name, "status")) == (
			0,
			"Due",
		)


def free_of(part):
	"""Warehouse → what is free there of the part's item."""
	found = availability.on_hand([part.item_code], part.company)
	return {place[1]: there.free for place, there in found.items()}


class TestVendor:
	def test_bought_from_the_supplier_goes_back_with_a_purchase_return(self, van):
		number = unique("BOUGHT")
		purchase = make_purchase(van.serial, van.store, 1, van.supplier, rate=70, serial_no=number)
		visit_of(
			van, {"item_code": van.serial, "qty": 1, "serial_nos": number, "warehouse": van.store}
		).submit()
		part = swap(van, "serial", removed_serial_nos=number)
		assert (part.supplier, part.purchase_name) == (van.supplier, purchase.name)
		part = step(step(part, "receive"), "test_defective")
		part = step(part, "return_to_vendor", vendor_reference="RMA-1")
		returned = frappe.get_doc("Purchase Receipt", part.purchase_return)
		assert (returned.is_return, returned.return_against, returned.supplier_delivery_note) == (
			1,
			purchase.name,
			"RMA-1",
		)
		assert (part.credit_expected, holds(part, van.defective)) == (70, 0)
		assert getdate(part.credit_due_on) == getdate(add_days(today(), 30))
		books_are_clean(part, van.defective)

	def test_the_debit_note_for_it_is_the_credit(self, van):
		part = returned_part(van)
		note = debit_note_of(part)
		part.reload()
		assert (part.status, part.debit_note, part.credit_received) == ("Credited", note.name, 70)
		note.cancel()
		part.reload()
		assert (part.status, part.debit_note) == ("Returned to Vendor", None)
		assert not part.credit_received

	def test_set_back_and_forth_is_one_movement(self, van):
		part = returned_part(van)
		first = part.purchase_return
		for _time in range(2):
			step(part, "return_to_vendor", vendor_reference="RMA-2")
		assert frappe.db.count("Purchase Receipt", {"removed_part": part.name, "docstatus": 1}) == 1
		assert moves.undo(part.name).status == "Tested"
		assert (frappe.db.get_value("Purchase Receipt", first, "docstatus"), holds(part, van.defective)) == (
			2,
			1,
		)
		step(part, "return_to_vendor", vendor_reference="RMA-2")
		assert frappe.db.count("Purchase Receipt", {"removed_part": part.name, "docstatus": 1}) == 1
		assert holds(part, van.defective) == 0

	def test_ten_bought_six_returned_leaves_four(self, van):
		from support_service.service_charging import supplier_claims

		purchase = make_purchase(van.plain, van.store, 10, van.supplier)
		found = supplier_claims.find_purchase(van.plain, None, van.supplier)
		supplier_claims.return_of(found, 6).insert().submit()
		assert supplier_claims.left_to_return(found).accepted == 4
		part = swap(van, "plain", qty=5, removed_qty=5)
		part = step(step(part, "receive"), "test_defective")
		part = step(part, "return_to_vendor", supplier=van.supplier, vendor_reference="RMA-5", qty=4)
		assert (
			frappe.db.get_value("Purchase Receipt", part.purchase_return, "return_against") == purchase.name
		)
		[rest] = frappe.get_all("Removed Part", {"split_from": part.name}, pluck="name")
		rest = moves.apply_move(
			rest, "return_to_vendor", values={"supplier": van.supplier, "vendor_reference": "RMA-6"}
		)
		assert (rest.purchase_return, holds(rest, van.defective)) == (None, 0)

	def test_ten_good_five_rejected_three_of_them_returned(self, van):
		from erpnext.controllers.sales_and_purchase_return import make_return_doc

		from support_service.service_charging import supplier_claims

		rejects = make_warehouse().name
		purchase = make_purchase(
			van.plain,
			van.store,
			10,
			van.supplier,
			received_qty=15,
			rejected_qty=5,
			rejected_warehouse=rejects,
		)
		back = make_return_doc("Purchase Receipt", purchase.name, return_against_rejected_qty=True)
		back.items[0].update({"qty": -3, "received_qty": -3, "stock_qty": -3})
		back.insert()
		back.submit()
		found = supplier_claims.find_purchase(van.plain, None, van.supplier)
		left = supplier_claims.left_to_return(found)
		assert (left.accepted, left.rejected) == (10, 2)
		# seven go back against the purchase, the other three, which ERPNext no longer allows, with a Material Issue
		part = step(swap(van, "plain", qty=5, removed_qty=10), "receive")
		part = step(part, "test_defective")
		part = step(part, "return_to_vendor", supplier=van.supplier, vendor_reference="RMA-7", qty=7)
		returned = frappe.get_doc("Purchase Receipt", part.purchase_return)
		assert (returned.return_against, returned.items[0].qty) == (purchase.name, -7)
		[rest] = frappe.get_all("Removed Part", {"split_from": part.name}, pluck="name")
		rest = moves.apply_move(
			rest, "return_to_vendor", values={"supplier": van.supplier, "vendor_reference": "RMA-8"}
		)
		issued = frappe.get_doc("Stock Entry", record.last_step(rest).stock_entry)
		assert (rest.purchase_return, issued.purpose, issued.items[0].qty) == (None, "Material Issue", 3)
		assert (part.credit_expected, rest.credit_expected) == (700, 300)
		assert holds(rest, van.defective) == 0
		left = supplier_claims.left_to_return(found)
		assert (left.accepted, left.rejected) == (3, 2)

	def test_sent_from_the_customers_site_is_taken_in_and_out(self, van):
		part = swap(van, "plain", removed_goes_to="Returned to Vendor")
		assert part.status == "Due"
		part = step(part, "confirm_return", supplier=van.supplier, vendor_reference="WAYBILL 9")
		assert (part.status, holds(part, van.defective)) == ("Returned to Vendor", 0)
		assert [row.action for row in part.history] == ["begin", "receive", "return_to_vendor"]
		step(part, "confirm_return", supplier=van.supplier, vendor_reference="WAYBILL 9")
		assert frappe.db.count("Stock Entry", {"removed_part": part.name, "docstatus": 1}) == 2

	def test_a_debit_note_of_somebody_else_is_no_credit(self, van):
		part = returned_part(van)
		other = returned_part(van)
		note = debit_note_of(other)
		with pytest.raises(StepIncompleteError):
			step(part, "credit", debit_note=note.name)


class TestByHand:
	def test_the_part_follows_its_last_document(self, van):
		part = step(swap(van, "plain"), "receive")
		frappe.get_doc("Stock Entry", record.last_step(part).stock_entry).cancel()
		part.reload()
		assert (part.status, part.warehouse, holds(part, van.defective)) == ("Due", None, 0)
		assert step(part, "receive").status == "Received"

	def test_an_earlier_document_says_what_to_do(self, van):
		part = step(swap(van, "plain"), "receive")
		entry = record.last_step(part).stock_entry
		step(part, "test_defective")
		with pytest.raises(LaterStepsError, match=part.name):
			frappe.get_doc("Stock Entry", entry).cancel()


class TestUnits:
	def test_a_unit_taken_in_for_repair_goes_back_as_if_it_had_never_been_here(self, van):
		"""Received, tested, repaired and handed over: nothing of its sale, its warranty or its events has changed."""
		set_company(removed_part_value=25)
		sold = sold_unit(van)
		before = of_the_sale(sold)
		part = swap(
			van,
			"plain",
			service_request=sold.case,
			installed_unit=sold.unit,
			removed_item_code=van.serial,
			removed_serial_nos=sold.number.lower(),
		)
		visit = frappe.get_doc("Engineer Visit", part.engineer_visit)
		assert (part.belongs_to, visit.parts[0].removed_belongs_to) == ("Customer", "Customer")
		part = step(part, "receive")
		assert (part.value_rate, holds(part, van.defective)) == (0, 1)
		assert frappe.db.get_value("Serial No", sold.number, "warehouse") == van.defective
		assert of_the_sale(sold) == before
		part = step(step(part, "test_repairable"), "repair")
		part = step(part, "repaired")
		assert (part.status, holds(part, van.defective), holds(part, van.store)) == ("Repaired", 1, 0)
		part = step(part, "back_to_customer")
		assert (part.status, part.warehouse, holds(part, van.defective)) == ("Returned to Customer", None, 0)
		assert of_the_sale(sold) == before
		assert serial_of(sold) == sold.serial
		assert value_moved(part) == 0
		books_are_clean(part, van.defective)
		assert moves.undo(part.name).status == "Repaired"
		assert holds(part, van.defective) == 1
		assert step(part, "back_to_customer").status == "Returned to Customer"
		assert (of_the_sale(sold), serial_of(sold)) == (before, sold.serial)

	def test_good_it_stays_out_of_the_store_and_taken_back_it_was_never_here(self, van):
		sold = sold_unit(van)
		part = swap(van, "plain", service_request=sold.case, removed_item_code=van.serial, removed_qty=1)
		assert (part.belongs_to, part.serial_no) == ("Us", None)  # nobody has read its number yet
		part = step(part, "receive", serial_no=sold.number)
		assert part.belongs_to == "Customer"
		part = step(part, "test_good")
		assert (holds(part, van.defective), holds(part, van.store)) == (1, 0)
		assert "back_to_customer" in {move.action for move in moves.steps_for(part)}
		for _step in range(2):
			part = moves.undo(part.name)
		assert (part.status, part.belongs_to, holds(part, van.defective)) == ("Due", "Us", 0)

	def test_nobody_draws_or_lends_it(self, van):
		sold = sold_unit(van)
		part = swap(
			van,
			"plain",
			service_request=sold.case,
			removed_item_code=van.serial,
			removed_serial_nos=sold.number,
		)
		part = step(part, "receive")
		# somebody has put it into the store by hand
		moved = frappe.get_doc(
			{
				"doctype": "Stock Entry",
				"stock_entry_type": "Material Transfer",
				"company": part.company,
				"items": [
					{
						"item_code": van.serial,
						"qty": 1,
						"s_warehouse": van.defective,
						"t_warehouse": van.store,
						"use_serial_batch_fields": 1,
						"serial_no": sold.number,
						"allow_zero_valuation_rate": 1,
					}
				],
			}
		)
		moved.insert()
		moved.submit()
		with pytest.raises(errors.SerialNumberError, match=part.name):
			visit_of(
				van, {"item_code": van.serial, "qty": 1, "serial_nos": sold.number, "warehouse": van.store}
			).submit()

	def test_the_engineer_says_whose_it_is(self, van):
		theirs = swap(van, "plain", removed_belongs_to="Customer")
		ours = swap(van, "plain")
		assert (theirs.belongs_to, ours.belongs_to) == ("Customer", "Us")
		theirs = step(step(theirs, "receive"), "back_to_customer")
		assert (theirs.status, holds(theirs, van.defective)) == ("Returned to Customer", 0)
		with pytest.raises(StepNotAllowedError):
			step(step(ours, "receive"), "back_to_customer")

	def test_what_is_inside_the_unit_is_known(self, van):
		from support_service.installed_base import fitted_parts

		unit = make_installed_unit(customer=make_service_request().customer)
		case = make_service_request(customer=unit.customer, installed_unit=unit.name)
		swap(van, "serial", service_request=case.name, installed_unit=unit.name)
		assert [part.serial_label for part in fitted_parts.inside_now(unit.name)] == [van.numbers[0]]


def sold_unit(van):
	"""A unit with a serial number that was delivered and has a warranty, and a case about it."""
	number = unique("UNIT")
	make_stock_receipt(van.serial, van.store, 1, serial_no=number)
	case = make_service_request()
	row = {"item_code": van.serial, "qty": 1, "rate": 10, "warehouse": van.store}
	note = insert(
		"Delivery Note",
		{
			"customer": case.customer,
			"company": frappe.db.get_value("Warehouse", van.store, "company"),
			"items": [{**row, "use_serial_batch_fields": 1, "serial_no": number}],
		},
		{},
	)
	note.submit()
	unit = frappe.get_doc("Installed Unit", {"serial_no": number})
	warranty = {"installed_unit": unit.name, "imported": 1, "starts_on": today()}
	warranty = insert("Service Warranty", {**warranty, "ends_on": add_days(today(), 300)}, {})
	case = make_service_request(customer=note.customer, installed_unit=unit.name)
	sold = SimpleNamespace(
		number=number, note=note.name, unit=unit.name, case=case.name, warranty=warranty.name
	)
	sold.serial = serial_of(sold)
	return sold


def serial_of(sold):
	columns = ["status", "customer", "warehouse", "warranty_expiry_date"]
	return frappe.db.get_value("Serial No", sold.number, columns)


def of_the_sale(sold):
	"""Everything that says the unit was sold: the delivery, its books, and what is known of the unit."""
	voucher = {"voucher_type": "Delivery Note", "voucher_no": sold.note}
	columns = ["name", "modified", "actual_qty", "stock_value_difference", "is_cancelled"]
	return (
		frappe.db.get_value("Delivery Note", sold.note, ["docstatus", "status", "per_returned"]),
		frappe.get_all("Stock Ledger Entry", voucher, columns, order_by="name"),
		frappe.get_all("GL Entry", voucher, ["name", "modified", "debit", "credit"], order_by="name"),
		frappe.get_all("Installed Unit Event", {"installed_unit": sold.unit}, pluck="name", order_by="name"),
		frappe.db.get_value("Installed Unit", sold.unit, ["customer", "state", "serial_no"]),
		frappe.db.get_value("Service Warranty", sold.warranty, ["starts_on", "ends_on", "status"]),
	)


def value_moved(part):
	"""The stock value that all documents of a part have moved, each taken as it is."""
	entries = frappe.get_all("Stock Entry", {"removed_part": part.name}, pluck="name")
	rows = frappe.get_all(
		"Stock Ledger Entry", {"voucher_no": ("in", entries)}, pluck="stock_value_difference"
	)
	return sum(abs(value) for value in rows)


def returned_part(van):
	number = unique("BOUGHT")
	make_purchase(van.serial, van.store, 1, van.supplier, rate=70, serial_no=number)
	visit_of(van, {"item_code": van.serial, "qty": 1, "serial_nos": number, "warehouse": van.store}).submit()
	fresh = unique("NEW")
	make_stock_receipt(van.serial, van.warehouse, 1, serial_no=fresh)
	part = swap(van, "serial", serial_nos=fresh, removed_serial_nos=number)
	part = step(step(part, "receive"), "test_defective")
	return step(part, "return_to_vendor", vendor_reference="RMA-1")


def debit_note_of(part):
	from erpnext.stock.doctype.purchase_receipt.purchase_receipt import make_purchase_invoice

	note = make_purchase_invoice(part.purchase_return)
	note.insert()
	note.submit()
	return note
