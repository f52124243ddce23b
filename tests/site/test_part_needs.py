"""Parts before the visit: reserved, ordered, brought to the van, used up; and a case that goes on when they come."""

import frappe
import pytest
from erpnext.buying.doctype.purchase_order.purchase_order import make_purchase_invoice
from erpnext.selling.doctype.sales_order.sales_order import make_delivery_note, make_sales_invoice
from erpnext.stock.doctype.material_request.material_request import make_stock_entry
from erpnext.stock.doctype.stock_entry.stock_entry import make_stock_in_entry
from frappe.utils import add_days, getdate, today

from support_service.service_parts import availability
from support_service.service_parts import errors as part_errors
from support_service.service_parts.needs import (
	api,
	case_moves,
	documents,
	errors,
	expiry,
	figures,
	orders,
	reserving,
	resume,
)
from support_service.support_service.moves import apply_move
from tests.connections import second_connection
from tests.factories import (
	company,
	insert,
	make_engineer_visit,
	make_item,
	make_stock_receipt,
	make_warehouse,
	unique,
)
from tests.ledger_oracle import stock
from tests.site import part_need_world as world_of
from tests.site.part_need_world import bring, held, issue, make_need, need, open_case, order, receive, visit
from tests.site.visit_world import make_batch, other_company

pytestmark = pytest.mark.usefixtures("clean_transaction", "stock_settings_as_before")


@pytest.fixture
def world(clean_transaction):
	return world_of.make_world()


@pytest.fixture
def case(world):
	return open_case(world)


def free(item, case=None):
	return {place[1]: there.free for place, there in availability.on_hand([item], company(), case).items()}


class TestReserving:
	def test_first_in_the_van_then_in_the_store_and_the_rest_is_missing(self, world, case):
		make_stock_receipt(world.item, world.van, 1)
		make_stock_receipt(world.item, world.store, 2)
		wanted = make_need(case, world.item, 5)
		assert reserving.reserve(case, [wanted.name]) == {wanted.name: 2}
		assert held(wanted.name) == {world.van: 1, world.store: 2}
		assert need(wanted.name).status == "Wanted"
		assert free(world.item) == {world.van: 0, world.store: 0}

	def test_nobody_elses_van_unless_it_is_chosen(self, world, case):
		other = world_of.make_service_engineer().van_warehouse
		make_stock_receipt(world.item, other, 3)
		wanted = make_need(case, world.item)
		with pytest.raises(errors.NothingToReserveError):
			reserving.reserve(case, [wanted.name])
		reserving.reserve(case, [wanted.name], other)
		assert held(wanted.name) == {other: 1}
		assert need(wanted.name).status == "Reserved"

	def test_a_second_case_gets_what_is_left(self, world, case):
		make_stock_receipt(world.item, world.store, 3)
		first, second = make_need(case, world.item, 2), make_need(open_case(world), world.item, 2)
		reserving.reserve(case, [first.name])
		assert reserving.reserve(second.service_request, [second.name]) == {second.name: 1}
		assert held(second.name) == {world.store: 1}

	def test_less_needed_less_reserved(self, world, case):
		make_stock_receipt(world.item, world.store, 3)
		wanted = make_need(case, world.item, 3)
		reserving.reserve(case, [wanted.name])
		wanted.reload()
		wanted.qty = 1
		wanted.save()
		assert held(wanted.name) == {world.store: 1}

	def test_a_box_of_four_is_one_box_and_four_pieces(self, world, case):
		item = make_item(
			uoms=[{"uom": "Nos", "conversion_factor": 1}, {"uom": "Box", "conversion_factor": 4}]
		).name
		make_stock_receipt(item, world.store, 4)
		wanted = make_need(case, item, 1, uom="Box")
		assert (wanted.stock_qty, wanted.stock_uom) == (4, "Nos")
		(request,) = orders.transfer(case, [wanted.name])
		row = frappe.get_doc("Material Request", request).items[0]
		assert (row.qty, row.uom, row.stock_qty) == (1, "Box", 4)
		entry = make_stock_entry(request)
		entry.insert()
		entry.submit()
		assert (entry.items[0].qty, entry.items[0].transfer_qty) == (1, 4)
		assert held(wanted.name) == {world.van: 4}
		assert (need(wanted.name).status, stock(item, world.van)) == ("In Van", 4)
		visit(world, case, item, 4, world.van).submit()
		assert (need(wanted.name).status, need(wanted.name).used_qty) == ("Used", 4)
		assert (held(wanted.name), stock(item, world.van)) == ({}, 0)

	def test_stock_reserved_in_erpnext_is_not_free(self, world, case):
		make_stock_receipt(world.item, world.store, 3)
		name = frappe.db.get_value("Bin", {"item_code": world.item, "warehouse": world.store})
		frappe.db.set_value("Bin", name, "reserved_stock", 2)
		wanted = make_need(case, world.item, 2)
		assert reserving.reserve(case, [wanted.name]) == {wanted.name: 1}

	def test_a_receipt_of_tomorrow_is_not_free_today(self, world, case):
		insert_later_receipt(world.item, world.store, 2)
		wanted = make_need(case, world.item)
		with pytest.raises(errors.NothingToReserveError):
			reserving.reserve(case, [wanted.name])


def insert_later_receipt(item, warehouse, qty):
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Receipt",
			"company": company(),
			"set_posting_time": 1,
			"posting_date": add_days(today(), 1),
			"posting_time": "00:10:00",
			"items": [{"item_code": item, "qty": qty, "t_warehouse": warehouse, "basic_rate": 5}],
		}
	).insert()
	entry.submit()


class TestVisit:
	def test_what_is_reserved_for_another_case_stays_there(self, world, case):
		make_stock_receipt(world.item, world.store, 1)
		wanted = make_need(case, world.item)
		reserving.reserve(case, [wanted.name])
		other = visit(world, open_case(world), world.item, 1, world.store)
		with pytest.raises(part_errors.NotEnoughStockError, match="reserved for other requests"):
			other.submit()
		frappe.db.rollback()

	@pytest.mark.parametrize("kind", ["plain", "serial", "batch"])
	def test_the_visit_of_the_case_uses_its_reservation_up(self, world, case, kind):
		flags = {"serial": {"has_serial_no": 1}, "batch": {"has_batch_no": 1}}.get(kind, {})
		item = make_item(**flags).name
		row = {"serial": {"serial_no": unique("SN")}, "batch": {}}.get(kind, {})
		if kind == "batch":
			row = {"batch_no": make_batch(item)}
		make_stock_receipt(item, world.store, 1, **row)
		wanted = make_need(case, item)
		reserving.reserve(case, [wanted.name])
		fitted = {"serial_nos": row["serial_no"]} if kind == "serial" else row
		done = visit(world, case, item, 1, world.store, **fitted)
		done.submit()
		assert (held(wanted.name), need(wanted.name).status, need(wanted.name).used_qty) == ({}, "Used", 1)
		done.reload()
		done.cancel()
		assert (held(wanted.name), need(wanted.name).status) == ({world.store: 1}, "Reserved")
		assert stock(item, world.store) == 1

	def test_a_returned_part_is_available_again_and_its_old_allocation_has_ended(self, world, case):
		make_stock_receipt(world.item, world.store, 17)
		wanted = make_need(case, world.item, 3)
		reserving.reserve(case, [wanted.name])
		done = visit(world, case, world.item, 3, world.store)
		done.submit()
		assert (stock(world.item, world.store), free(world.item)) == (14, {world.store: 14})
		done.reload()
		done.cancel()
		assert stock(world.item, world.store) == 17
		assert held(wanted.name) == {world.store: 3}  # once, not twice
		case_moves.call_off(wanted.name, "Not needed")
		assert free(world.item) == {world.store: 17}

	def test_cancelled_after_the_case_is_over_the_parts_are_free(self, world, case):
		make_stock_receipt(world.item, world.store, 1)
		wanted = make_need(case, world.item)
		reserving.reserve(case, [wanted.name])
		done = visit(world, case, world.item, 1, world.store)
		done.submit()
		apply_move(case, "cancel", reason="Sold")
		done.reload()
		done.cancel()
		assert (held(wanted.name), need(wanted.name).status) == ({}, "Cancelled")
		assert free(world.item) == {world.store: 1}

	def test_drawn_from_elsewhere_lets_the_reservation_go(self, world, case):
		make_stock_receipt(world.item, world.store, 2)
		make_stock_receipt(world.item, world.van, 1)
		wanted = make_need(case, world.item, 2)
		reserving.reserve(case, [wanted.name], world.store)
		done = visit(world, case, world.item, 1, world.van)
		done.submit()
		assert (held(wanted.name), need(wanted.name).used_qty) == ({world.store: 1}, 1)
		done.reload()
		done.cancel()
		assert free(world.item)[world.van] == 1

	@pytest.mark.parametrize("reserved_in", ["store", "van"])
	def test_drawn_from_two_places_nothing_stays_reserved(self, world, case, reserved_in):
		"""Whichever of the places comes first: of two reserved pieces one is used, the other let go."""
		make_stock_receipt(world.item, world.store, 2)
		make_stock_receipt(world.item, world.van, 2)
		wanted = make_need(case, world.item, 2)
		reserving.reserve(case, [wanted.name], getattr(world, reserved_in))
		done = visit(world, case, world.item, 1, world.store)
		done.append("parts", {"item_code": world.item, "qty": 1, "warehouse": world.van})
		done.submit()
		assert (held(wanted.name), need(wanted.name).status) == ({}, "Used")
		assert free(world.item) == {world.store: 1, world.van: 1}
		done.reload()
		done.cancel()
		assert sum(free(world.item).values()) + sum(held(wanted.name).values()) == 4

	def test_parts_used_without_being_reserved_count_for_the_need(self, world, case):
		make_stock_receipt(world.item, world.van, 2)
		wanted = make_need(case, world.item)
		visit(world, case, world.item, 2, world.van).submit()
		assert (need(wanted.name).status, need(wanted.name).used_qty) == ("Used", 1)

	def test_a_new_visit_brings_what_is_needed(self, world, case):
		make_need(case, world.item, 2)
		make_need(case, world.item, 1)
		from support_service.field_service.api import visit_defaults

		(row,) = visit_defaults(case)["parts"]
		assert (row["item_code"], row["qty"], row["uom"]) == (world.item, 3, "Nos")

	def test_a_visit_that_was_there_before_is_offered_what_was_reserved_since(self, world, case):
		early = make_engineer_visit(engineer=world.engineer.name, service_request=case)
		make_stock_receipt(world.item, world.van, 3)
		make_stock_receipt(world.item, world.store, 3)
		assert api.reserved_for_visit(early.name) == []
		reserving.reserve(case, [make_need(case, world.item, 5).name])
		[row] = api.reserved_for_visit(early.name)
		assert (row["item_code"], row["qty"], row["warehouse"]) == (world.item, 3, world.van)
		early.append("parts", {"item_code": world.item, "qty": 1})
		early.save()
		assert [row["qty"] for row in api.reserved_for_visit(early.name)] == [2]
		early.append("parts", {**row, "qty": 2})
		early.save()
		assert api.reserved_for_visit(early.name) == []


class TestTransfer:
	def test_pressed_three_times_asks_once_and_the_reservation_moves(self, world, case):
		make_stock_receipt(world.item, world.store, 5)
		wanted = make_need(case, world.item, 2)
		assert len({tuple(orders.transfer(case, [wanted.name])) for _ in range(3)}) == 1
		(request,) = orders.transfer(case, [wanted.name])
		drafts = frappe.get_all("Stock Entry Detail", {"material_request": request}, pluck="parent")
		entry = frappe.get_doc("Stock Entry", drafts[0])
		assert [(row.s_warehouse, row.t_warehouse, row.qty) for row in entry.items] == [
			(world.store, world.van, 2)
		]
		entry.submit()
		assert (held(wanted.name), need(wanted.name).status) == ({world.van: 2}, "In Van")
		entry.reload()
		entry.cancel()
		assert (held(wanted.name), need(wanted.name).status) == ({world.store: 2}, "Reserved")

	def test_one_leg_of_two_received_is_on_its_way(self, world, case):
		transit = make_warehouse(warehouse_type="Transit").name
		make_stock_receipt(world.item, world.store, 5)
		wanted = make_need(case, world.item, 5)
		(request,) = orders.transfer(case, [wanted.name])
		first = make_stock_entry(request)
		first.add_to_transit = 1
		for row in first.items:
			row.t_warehouse = transit
		first.insert()
		first.submit()
		assert (held(wanted.name), need(wanted.name).status) == ({transit: 5}, "On Its Way")
		second = make_stock_in_entry(first.name)
		second.items[0].qty = 2
		second.insert()
		second.submit()
		assert (held(wanted.name), need(wanted.name).status) == ({transit: 3, world.van: 2}, "On Its Way")
		make_stock_receipt(world.item, transit, 2)  # for somebody else
		third = make_stock_in_entry(first.name)
		third.items[0].qty = 4
		frappe.db.savepoint("more_than_was_sent")
		with pytest.raises(frappe.ValidationError, match="cannot be greater than the requested"):
			third.insert()
			third.submit()
		frappe.db.rollback(save_point="more_than_was_sent")
		assert [stock(world.item, place) for place in (world.store, transit, world.van)] == [0, 5, 2]
		assert (held(wanted.name), need(wanted.name).status) == ({transit: 3, world.van: 2}, "On Its Way")
		last = make_stock_in_entry(first.name)
		assert last.items[0].qty == 3
		last.insert()
		last.submit()
		assert [stock(world.item, place) for place in (world.store, transit, world.van)] == [0, 2, 5]
		assert (held(wanted.name), need(wanted.name).status) == ({world.van: 5}, "In Van")

	def test_a_transfer_without_a_request_takes_the_reservation_into_the_van(self, world, case):
		make_stock_receipt(world.item, world.store, 2)
		wanted = make_need(case, world.item, 2)
		reserving.reserve(case, [wanted.name])
		bring(world, world.item, 1, world.store, world.van)
		assert held(wanted.name) == {world.store: 1, world.van: 1}

	def test_without_anybody_who_goes(self, world):
		case = world_of.make_service_request().name
		wanted = make_need(case, world.item)
		with pytest.raises(errors.NoVanError):
			orders.transfer(case, [wanted.name])


class TestPurchase:
	def test_from_the_request_to_the_van(self, world, case):
		wanted = make_need(case, world.item, 4)
		assert len({tuple(orders.purchase(case, [wanted.name])) for _ in range(3)}) == 1
		(request,) = orders.purchase(case, [wanted.name])
		assert (need(wanted.name).status, need(wanted.name).purchase_request) == ("Ordered", request)
		purchase = order(world, request, days=5)
		assert need(wanted.name).purchase_order == purchase.name
		assert getdate(need(wanted.name).expected_on) == getdate(add_days(today(), 5))
		receipt = receive(purchase.name, 3)
		assert (held(wanted.name), need(wanted.name).status) == ({world.store: 3}, "Ordered")
		receive(purchase.name)
		assert (held(wanted.name), need(wanted.name).status) == ({world.store: 4}, "Reserved")
		assert not need(wanted.name).expected_on
		receipt.reload()
		receipt.cancel()
		assert held(wanted.name) == {world.store: 1}

	def test_an_invoice_that_brings_in_the_goods(self, world, case):
		wanted = make_need(case, world.item, 2)
		(request,) = orders.purchase(case, [wanted.name])
		invoice = make_purchase_invoice(order(world, request).name)
		invoice.update_stock = 1
		invoice.insert()
		invoice.submit()
		assert (held(wanted.name), need(wanted.name).status) == ({world.store: 2}, "Reserved")
		invoice.cancel()
		assert held(wanted.name) == {}

	def test_cancelled_and_stopped_requests_ask_for_nothing(self, world, case):
		wanted = make_need(case, world.item, 2)
		(request,) = orders.purchase(case, [wanted.name])
		doc = frappe.get_doc("Material Request", request)
		doc.update_status("Stopped")
		assert need(wanted.name).status == "Wanted"
		doc.reload()
		doc.update_status("Submitted")
		assert need(wanted.name).status == "Ordered"
		doc.reload()
		doc.cancel()
		assert need(wanted.name).status == "Wanted"
		assert orders.purchase(case, [wanted.name]) != [request]

	def test_an_amended_request_is_for_the_same_need(self, world, case):
		wanted = make_need(case, world.item, 2)
		(request,) = orders.purchase(case, [wanted.name])
		doc = frappe.get_doc("Material Request", request)
		doc.cancel()
		amended = frappe.copy_doc(doc)
		amended.update({"amended_from": doc.name, "docstatus": 0, "status": "Draft"})
		for row, before in zip(amended.items, doc.items, strict=True):
			row.update({"part_need": before.part_need, "docstatus": 0})  # as the desk's Amend does
		amended.insert()
		amended.submit()
		assert (need(wanted.name).status, need(wanted.name).purchase_request) == ("Ordered", amended.name)

	def test_a_row_for_another_item_is_refused(self, world, case):
		wanted = make_need(case, world.item)
		(request,) = orders.purchase(case, [wanted.name])
		copy = frappe.copy_doc(frappe.get_doc("Material Request", request))
		copy.items[0].update({"part_need": wanted.name, "item_code": make_item().name})
		with pytest.raises(errors.NeedItemError):
			copy.insert()


class TestErpnextsOwnDocuments:
	def test_a_warning_and_whoever_waits_is_notified(self, world, case):
		make_stock_receipt(world.item, world.store, 3)
		wanted = make_need(case, world.item, 2)
		reserving.reserve(case, [wanted.name])
		frappe.clear_messages()
		issue(world.item, 1, world.store)
		assert frappe.get_message_log() == []
		issue(world.item, 1, world.store)
		assert case in str(frappe.get_message_log())
		assert held(wanted.name) == {world.store: 1}
		assert need(wanted.name).status == "Wanted"
		assert frappe.get_all(
			"Notification Log", {"document_name": case, "subject": ("like", "%took parts%")}
		)

	def test_refused_where_the_settings_say_so(self, world, case):
		frappe.db.set_single_value("Support Service Settings", "reserved_parts_taken", "Refuse")
		make_stock_receipt(world.item, world.store, 1)
		wanted = make_need(case, world.item)
		reserving.reserve(case, [wanted.name])
		with pytest.raises(errors.ReservedForRequestError):
			issue(world.item, 1, world.store)

	def test_an_order_is_delivered_what_erpnext_has_reserved_for_it(self, world, case):
		frappe.db.set_single_value("Support Service Settings", "reserved_parts_taken", "Refuse")
		frappe.db.set_single_value("Stock Settings", "enable_stock_reservation", 1)
		frappe.clear_document_cache("Stock Settings")
		make_stock_receipt(world.item, world.store, 5)
		ordered = sales_order(world, 4, reserve=3)
		wanted = make_need(case, world.item, 2)
		reserving.reserve(case, [wanted.name])
		note = make_delivery_note(ordered.name)
		frappe.db.savepoint("before_the_note")
		note.insert()
		with pytest.raises(errors.ReservedForRequestError, match="takes 1 of that"):
			note.submit()
		frappe.db.rollback(save_point="before_the_note")
		note = make_delivery_note(ordered.name)
		note.items[0].qty = 3
		note.insert()
		note.submit()
		assert (stock(world.item, world.store), held(wanted.name)) == (2, {world.store: 2})

	def test_an_invoice_with_stock_of_what_is_reserved_for_its_order(self, world, case):
		frappe.db.set_single_value("Support Service Settings", "reserved_parts_taken", "Refuse")
		frappe.db.set_single_value("Stock Settings", "enable_stock_reservation", 1)
		frappe.clear_document_cache("Stock Settings")
		make_stock_receipt(world.item, world.store, 3)
		ordered = sales_order(world, 2, reserve=2)
		wanted = make_need(case, world.item, 1)
		reserving.reserve(case, [wanted.name])
		invoice = make_sales_invoice(ordered.name)
		invoice.update_stock = 1
		invoice.insert()
		invoice.submit()
		assert held(wanted.name) == {world.store: 1}

	def test_the_transfer_for_the_need_itself_says_nothing(self, world, case):
		frappe.db.set_single_value("Support Service Settings", "reserved_parts_taken", "Refuse")
		make_stock_receipt(world.item, world.store, 1)
		wanted = make_need(case, world.item)
		(request,) = orders.transfer(case, [wanted.name])
		entry = make_stock_entry(request)
		entry.insert()
		entry.submit()
		assert held(wanted.name) == {world.van: 1}


def sales_order(world, qty, reserve):
	"""A submitted Sales Order of which ERPNext has reserved `reserve` pieces in the store."""
	ordered = insert(
		"Sales Order",
		{
			"customer": world_of.make_service_request().customer,
			"company": company(),
			"delivery_date": add_days(today(), 3),
			"items": [{"item_code": world.item, "qty": qty, "rate": 10, "warehouse": world.store}],
		},
		{},
	)
	ordered.submit()
	(row,) = ordered.items
	ordered.create_stock_reservation_entries(
		[
			{
				"sales_order_item": row.name,
				"warehouse": world.store,
				"qty_to_reserve": reserve,
			}
		]
	)
	return ordered


class TestAdd:
	def test_needs_stay_though_the_stock_changed_meanwhile(self, world, case):
		"""Another user's receipt between what this one read and the lock: the parts are needed all the same."""
		make_stock_receipt(world.item, world.store, 1)
		frappe.db.commit()
		stock(world.item, world.store)  # what this user reads from now on is of this moment
		with second_connection() as other:
			other.sql(
				"update tabBin set modified = now(6) where item_code = %s and warehouse = %s",
				(world.item, world.store),
			)
			other.commit()
		api.add(case, [{"item_code": world.item, "qty": 1}])
		(wanted,) = frappe.get_all("Part Need", {"service_request": case}, pluck="name")
		assert (held(wanted), need(wanted).status) == ({}, "Wanted")
		frappe.db.commit()
		api.reserve(case, [wanted])
		assert held(wanted) == {world.store: 1}


class TestCase:
	def wait(self, case):
		apply_move(case, "wait_for_parts", reason="Board ordered")
		frappe.db.commit()

	def test_goes_on_by_itself_when_the_last_part_comes(self, world, case):
		first, second = make_need(case, world.item, 1), make_need(case, make_item().name, 1)
		make_stock_receipt(world.item, world.store, 1)
		reserving.reserve(case, [first.name])
		(request,) = orders.purchase(case, [second.name])
		self.wait(case)
		resume.run()
		assert frappe.db.get_value("Service Request", case, "status") == "Waiting for Parts"
		receipt = receive(order(world, request).name)
		frappe.db.commit()
		assert resume.run() == 1
		assert resume.run() == 0
		assert frappe.db.get_value("Service Request", case, "status") == "In Progress"
		move = frappe.get_last_doc("Service Request Move", {"request": case})
		assert (move.action, move.reference_name) == ("resume", receipt.name)
		assert receipt.name in move.reason

	def test_in_the_van_where_the_settings_say_so(self, world, case):
		frappe.db.set_single_value("Support Service Settings", "resume_with_parts", "In the Van")
		wanted = make_need(case, world.item)
		self.wait(case)
		make_stock_receipt(world.item, world.store, 1)
		(request,) = orders.transfer(case, [wanted.name])
		frappe.db.commit()
		assert resume.run() == 0
		entry = make_stock_entry(request)
		entry.insert()
		entry.submit()
		frappe.db.commit()
		assert resume.run() == 1

	def test_a_wait_for_something_else_is_ended_by_a_person(self, world, case):
		make_stock_receipt(world.item, world.store, 1)
		wanted = make_need(case, world.item)
		reserving.reserve(case, [wanted.name])
		frappe.db.set_value("Part Need", wanted.name, "available_utc", "2020-01-01 00:00:00")
		self.wait(case)
		assert resume.run() == 0
		assert frappe.db.get_value("Service Request", case, "status") == "Waiting for Parts"

	def test_a_wait_without_needs_is_as_before(self, world, case):
		self.wait(case)
		assert resume.run() == 0

	def test_over_means_nothing_is_needed(self, world, case):
		make_stock_receipt(world.item, world.store, 1)
		wanted = make_need(case, world.item)
		reserving.reserve(case, [wanted.name])
		apply_move(case, "cancel", reason="Double")
		assert (held(wanted.name), need(wanted.name).status) == ({}, "Cancelled")
		with pytest.raises(errors.NeedClosedError):
			make_need(case, world.item)
		with pytest.raises(errors.NeedClosedError):
			case_moves.want_again(wanted.name)


class TestExpiry:
	def test_let_go_once_after_the_days(self, world, case):
		make_stock_receipt(world.item, world.store, 1)
		wanted = make_need(case, world.item)
		reserving.reserve(case, [wanted.name])
		assert expiry.run() == 0
		row = frappe.db.get_value("Part Reservation", {"part_need": wanted.name})
		frappe.db.set_value("Part Reservation", row, "begun_on", add_days(today(), -40))
		frappe.db.set_single_value("Support Service Settings", "reserved_parts_days", 30)
		assert (expiry.run(), expiry.run()) == (1, 0)
		assert (held(wanted.name), need(wanted.name).status) == ({}, "Wanted")

	def test_what_was_reserved_yesterday_for_the_same_need_stays(self, world, case):
		make_stock_receipt(world.item, world.store, 1)
		wanted = make_need(case, world.item, 2)
		reserving.reserve(case, [wanted.name])
		row = frappe.db.get_value("Part Reservation", {"part_need": wanted.name})
		frappe.db.set_value("Part Reservation", row, "begun_on", add_days(today(), -40))
		frappe.db.set_single_value("Support Service Settings", "reserved_parts_days", 30)
		make_stock_receipt(world.item, world.van, 1)
		reserving.reserve(case, [wanted.name])
		assert (expiry.run(), expiry.run()) == (1, 0)
		assert held(wanted.name) == {world.van: 1}

	def test_what_is_left_of_an_old_reservation_is_old(self, world, case):
		make_stock_receipt(world.item, world.store, 3)
		wanted = make_need(case, world.item, 3)
		reserving.reserve(case, [wanted.name])
		row = frappe.db.get_value("Part Reservation", {"part_need": wanted.name})
		frappe.db.set_value("Part Reservation", row, "begun_on", add_days(today(), -40))
		frappe.db.set_single_value("Support Service Settings", "reserved_parts_days", 30)
		visit(world, case, world.item, 1, world.store).submit()
		assert (held(wanted.name), expiry.run()) == ({world.store: 2}, 1)
		assert held(wanted.name) == {}

	def test_not_before_a_planned_visit(self, world, case):
		make_stock_receipt(world.item, world.store, 1)
		wanted = make_need(case, world.item)
		reserving.reserve(case, [wanted.name])
		row = frappe.db.get_value("Part Reservation", {"part_need": wanted.name})
		frappe.db.set_value("Part Reservation", row, "begun_on", add_days(today(), -40))
		frappe.db.set_single_value("Support Service Settings", "reserved_parts_days", 30)
		visit(world, case, world.item, 1, world.store)
		assert expiry.run() == 0


class TestSweep:
	def test_a_missed_receipt_is_followed_once(self, world, case, monkeypatch):
		wanted = make_need(case, world.item, 2)
		(request,) = orders.purchase(case, [wanted.name])
		purchase = order(world, request)
		monkeypatch.setattr(documents, "_arrive", lambda doc, lines: None)
		receive(purchase.name)
		assert held(wanted.name) == {}
		monkeypatch.undo()
		frappe.db.commit()
		assert documents.catch_up() == 1
		assert held(wanted.name) == {world.store: 2}
		assert documents.catch_up() == 0

	def test_what_changes_behind_is_read_back(self, world, case):
		wanted = make_need(case, world.item, 2)
		(request,) = orders.purchase(case, [wanted.name])
		frappe.db.set_value("Material Request", request, "status", "Stopped")
		frappe.db.commit()
		documents.read_back()
		assert need(wanted.name).status == "Wanted"

	def test_renamed_and_merged_goods_keep_their_reservation(self, world, case):
		make_stock_receipt(world.item, world.store, 1)
		wanted = make_need(case, world.item)
		reserving.reserve(case, [wanted.name])
		name = unique("Renamed")
		frappe.rename_doc("Item", world.item, name, force=True)
		assert (need(wanted.name).item_code, free(name)) == (name, {world.store: 0})


class TestCompanies:
	def test_stock_of_another_company_is_not_ours(self, world, case):
		other = other_company()
		elsewhere = make_warehouse(company=other).name
		make_stock_receipt(world.item, elsewhere, 5)
		wanted = make_need(case, world.item)
		with pytest.raises(errors.NothingToReserveError):
			reserving.reserve(case, [wanted.name])
		with pytest.raises(errors.NothingToReserveError):
			reserving.reserve(case, [wanted.name], elsewhere)


class TestSuggestions:
	def test_each_says_why_and_where(self, world, case):
		product, part, other, inner = (make_item(allow_alternative_item=1).name for _ in range(4))
		insert("Item Alternative", {"item_code": part, "alternative_item_code": other, "two_way": 1}, {})
		unit = world_of.insert(
			"Installed Unit",
			{
				"unit_name": unique("Unit"),
				"item_code": product,
				"customer": world_of.make_service_request().customer,
			},
			{},
		)
		bom = frappe.get_doc(
			{
				"doctype": "BOM",
				"item": product,
				"company": company(),
				"quantity": 1,
				"currency": frappe.get_cached_value("Company", company(), "default_currency"),
				"items": [{"item_code": part, "qty": 2, "rate": 1}],
			}
		).insert()
		bom.submit()
		make_stock_receipt(inner, world.van, 3)
		earlier = open_case(world, customer=unit.customer, installed_unit=unit.name)
		visit(world, earlier, inner, 1, world.van).submit()
		listed = make_item().name
		row = {"item_code": listed, "qty": 2, "position": "Rear panel"}
		insert("Spare Parts List", {"item_code": product, "parts": [row]}, {})
		again = open_case(world, customer=unit.customer, installed_unit=unit.name)
		found = api.suggestions_for(again)
		assert [one["item_code"] for one in found] == [inner, listed, part, other]
		assert "1 of the last 1 requests of the same type" in found[0]["why"][0]
		assert (found[0]["in_van"], found[2]["qty"], found[3]["alternative_of"]) == (2, 2, part)
		assert "Rear panel" in found[1]["why"][0]
		assert api.where_is(again, other)["alternatives"][0]["item_code"] == part
		api.add(again, [{"item_code": inner, "qty": 1}])
		assert [one["item_code"] for one in api.suggestions_for(again)] == [listed, part, other]

	def test_a_substitute_of_a_listed_part(self, world):
		"""Only what can do as much: one-way the right way, both ways, neither disabled nor the lesser one."""
		product, listed, one_way, both, lesser, disabled = (
			make_item(allow_alternative_item=1).name for _ in range(6)
		)
		for item, other, two_way in (
			(listed, one_way, 0),
			(both, listed, 1),
			(lesser, listed, 0),
			(listed, disabled, 0),
		):
			values = {"item_code": item, "alternative_item_code": other, "two_way": two_way}
			insert("Item Alternative", values, {})
		frappe.db.set_value("Item", disabled, "disabled", 1)
		insert("Spare Parts List", {"item_code": product, "parts": [{"item_code": listed, "qty": 1}]}, {})
		case = open_case(world, item_code=product)
		found = api.suggestions_for(case)
		assert [one["item_code"] for one in found] == [listed, *sorted([one_way, both])]
		assert {one["alternative_of"] for one in found[1:]} == {listed}


def test_the_columns_are_what_the_rows_say(world, case):
	"""Whatever has happened, computing again changes nothing."""
	make_stock_receipt(world.item, world.store, 3)
	wanted = make_need(case, world.item, 3)
	reserving.reserve(case, [wanted.name])
	before = need(wanted.name).as_dict()
	figures.refresh([wanted.name])
	assert need(wanted.name).as_dict() == before
