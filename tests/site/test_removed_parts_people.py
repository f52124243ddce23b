"""Removed parts and people: who sees them and makes which step, who hears that one is late, and what a scanned code means."""

import frappe
import pytest
from frappe.utils import add_days, today

from support_service.service_parts import api
from support_service.service_parts.errors import PartQuantityError
from support_service.service_parts.removed import moves, overdue
from support_service.service_parts.removed.errors import StepIncompleteError, StepNotAllowedError
from support_service.service_parts.report.parts_due_back import parts_due_back
from tests.factories import (
	COMPANY,
	insert,
	make_customer_user,
	make_item,
	make_service_engineer,
	make_service_request,
	make_service_team,
	make_stock_receipt,
	make_supplier,
	make_user,
	make_warehouse,
	unique,
)
from tests.ledger_oracle import assert_ledger_clean, stock
from tests.site.removed_world import make_purchase, make_store, parts_of, set_company, step, swap
from tests.site.visit_world import other_company, visit_of

pytestmark = pytest.mark.usefixtures("committed_crew", "stock_settings_as_before")


@pytest.fixture
def van():
	return make_store()


@pytest.fixture
def crew():
	"""An engineer, a colleague of another team, and their lead."""
	lead = make_user("After-Sales Lead").name
	team = make_service_team(lead=lead).name
	engineer = make_service_engineer(team=team)
	return frappe._dict(lead=lead, engineer=engineer, other=make_service_engineer())


@pytest.fixture
def part(van, crew):
	return swap(van, "plain", service_request=make_service_request().name, engineer=crew.engineer.name)


@pytest.fixture
def as_user():
	yield frappe.set_user
	frappe.set_user("Administrator")


class TestWho:
	def test_sees_it(self, part, crew, as_user):
		customer = frappe.db.get_value("Service Request", part.service_request, "customer")
		readers = {
			crew.engineer.user: True,
			crew.other.user: False,
			crew.lead: True,
			make_user("Stock User").name: True,
			make_user("Service Manager").name: True,
			make_user().name: False,
			make_customer_user(customer).name: False,
			"Guest": False,
		}
		for user, sees in readers.items():
			as_user(user)
			assert bool(frappe.has_permission("Removed Part", "read", part.name)) is sees, user
			if frappe.has_permission("Removed Part", "read"):
				listed = frappe.get_list("Removed Part", {"name": part.name}, pluck="name")
				assert listed == ([part.name] if sees else []), user
			if not sees:
				with pytest.raises(frappe.PermissionError):
					api.removed_part_steps(part.name)

	def test_hands_in_receives_and_waives(self, part, crew, as_user):
		as_user(crew.engineer.user)
		assert [one["action"] for one in api.removed_part_steps(part.name)["steps"]] == ["hand_in"]
		for action in ("receive", "waive"):
			with pytest.raises(frappe.PermissionError):
				moves.apply_move(part.name, action, reason="So")
		moves.apply_move(part.name, "hand_in")
		first = frappe.db.get_value("Removed Part", part.name, "handed_in_on")
		moves.apply_move(part.name, "hand_in")
		assert frappe.db.get_value("Removed Part", part.name, "handed_in_on") == first
		as_user(make_user("Stock User").name)
		with pytest.raises(frappe.PermissionError):
			moves.apply_move(part.name, "waive", reason="So")
		assert moves.apply_move(part.name, "receive").status == "Received"
		as_user(crew.engineer.user)
		with pytest.raises(frappe.PermissionError):
			moves.undo(part.name)

	@pytest.mark.parametrize("role", ["Stock User", "After-Sales Lead", "Service Manager"])
	@pytest.mark.parametrize("what", ["serial", "batch"])
	def test_the_right_to_the_step_is_the_right_to_its_stock_documents(self, van, crew, as_user, role, what):
		old = unique("OLD")
		if what == "serial":
			make_purchase(van.serial, van.store, 1, van.supplier, rate=70, serial_no=old)
			sold = {"item_code": van.serial, "qty": 1, "serial_nos": old, "warehouse": van.store}
			visit_of(van, sold).submit()
		old_one = {"removed_serial_nos": old} if what == "serial" else {"removed_batch_no": None}
		part = swap(van, what, engineer=crew.engineer.name, **old_one)
		as_user(crew.lead if role == "After-Sales Lead" else make_user(role).name)
		part = moves.apply_move(part.name, "receive")
		moves.apply_move(part.name, "test_good")
		assert moves.undo(part.name).status == "Received"
		moves.apply_move(part.name, "test_defective")
		sent = {"supplier": van.supplier, "vendor_reference": "RMA"}
		if role != "Stock User":
			with pytest.raises(frappe.PermissionError):
				moves.apply_move(part.name, "return_to_vendor", values=sent)
			part = moves.apply_move(part.name, "scrap", reason="Burnt")
			assert (part.status, stock(part.item_code, van.defective)) == ("Scrapped", 0)
			return
		part = moves.apply_move(part.name, "return_to_vendor", values=sent)
		assert (part.status, bool(part.purchase_return)) == ("Returned to Vendor", what == "serial")
		assert stock(part.item_code, van.defective) == 0

	def test_no_prices_for_the_engineer(self, part, crew, as_user):
		frappe.db.set_value("Removed Part", part.name, {"credit_expected": 4242, "value_rate": 17})
		as_user(crew.engineer.user)
		doc = frappe.get_doc("Removed Part", part.name)
		doc.apply_fieldlevel_read_permissions()
		assert (doc.get("credit_expected"), doc.get("value_rate")) == (None, None)

	def test_writes_past_the_steps_are_refused(self, part):
		doc = frappe.get_doc("Removed Part", part.name)
		doc.status = "Credited"
		with pytest.raises(StepNotAllowedError):
			doc.save()
		with pytest.raises(StepNotAllowedError):
			doc.delete()

	def test_the_lead_changes_the_due_date(self, part, crew, as_user):
		as_user(crew.lead)
		later = add_days(today(), 30)
		with pytest.raises(StepIncompleteError):
			moves.apply_move(part.name, "change_due_date", values={"due_on": later})
		moved = moves.apply_move(part.name, "change_due_date", reason="On leave", values={"due_on": later})
		assert str(moved.due_on) == later


class TestLate:
	def test_engineer_then_lead_once_each_by_its_own_due_date(self, part, crew):
		late(part, 3)
		overdue.warn()
		overdue.warn()
		assert heard(part) == [crew.engineer.user]
		late(part, 26)  # due on 1 May, looked at on 27 May
		overdue.warn()
		overdue.warn()
		assert sorted(heard(part)) == sorted([crew.engineer.user, crew.engineer.user, crew.lead])
		assert api.removed_part_steps(part.name)["days_late"] == 26
		words = frappe.get_all(
			"Notification Log", {"document_name": part.name, "for_user": crew.lead}, pluck="subject"
		)
		assert "26 days late" in words[0]

	def test_not_before_its_day_nor_when_it_is_back(self, part):
		late(part, 0)
		overdue.warn()
		assert heard(part) == []
		late(part, 40)
		step(part, "receive")
		overdue.warn()
		assert heard(part) == []

	def test_handed_in_is_the_stores(self, part, crew):
		step(part, "hand_in")
		late(part, 26)
		overdue.warn()
		assert heard(part) == [crew.lead]

	def test_a_late_credit_is_said_once_to_whoever_sent_the_part(self, van, part, as_user):
		keeper = make_user("Stock User").name
		as_user(keeper)
		moves.apply_move(part.name, "receive")
		moves.apply_move(part.name, "test_defective")
		sent = {"supplier": van.supplier, "vendor_reference": "RMA"}
		with pytest.raises(StepIncompleteError, match="a day that is over"):
			moves.apply_move(
				part.name, "return_to_vendor", values={**sent, "credit_due_on": add_days(today(), -2)}
			)
		with pytest.raises(StepIncompleteError, match="below zero"):
			moves.apply_move(part.name, "return_to_vendor", values={**sent, "credit_expected": -50})
		moves.apply_move(part.name, "return_to_vendor", values=sent)
		frappe.db.set_value("Removed Part", part.name, "credit_due_on", add_days(today(), -2))
		as_user("Administrator")
		overdue.warn()
		overdue.warn()
		assert heard(part) == [keeper]


class TestReport:
	def test_shows_each_reader_the_parts_they_see(self, part, crew, as_user):
		late(part, 26)

		def listed(user: str) -> dict[str, int]:
			as_user(user)
			_columns, rows, _message, chart = parts_due_back.execute({"late_only": 1})
			assert bool(chart) == bool(rows)
			return {row["name"]: row["days_late"] for row in rows}

		assert listed(crew.engineer.user)[part.name] == 26
		assert listed(crew.lead)[part.name] == 26
		assert part.name not in listed(crew.other.user)

	def test_the_chart_names_the_engineers(self, part, crew, as_user):
		late(part, 26)
		as_user(crew.engineer.user)
		_columns, rows, _message, chart = parts_due_back.execute({})
		assert {row["engineer"] for row in rows} == {crew.engineer.name}
		assert chart["data"]["labels"] == [crew.engineer.engineer_name]

	def test_what_is_back_is_not_on_it(self, part):
		step(part, "receive")
		_columns, rows, *_more = parts_due_back.execute({})
		assert part.name not in {row["name"] for row in rows}


class TestTwoCompanies:
	def test_each_has_its_own_warehouse_and_currency(self, van):
		company = other_company()
		warehouse, defective = (make_warehouse(company=company).name for _number in range(2))
		set_company(company, defective_warehouse=defective, parts_warehouse=None)
		item, supplier = make_item().name, make_supplier().name
		make_purchase(
			item, warehouse, 3, supplier, rate=10, company=company, currency="USD", conversion_rate=7
		)
		case = make_service_request(company=company)
		engineer = make_service_engineer(van_warehouse=warehouse)
		row = {"item_code": item, "qty": 1, "removed_qty": 1, "removed_goes_to": "Back to Us"}
		visit = visit_of(van, row, service_request=case.name, engineer=engineer.name, warehouse=warehouse)
		visit.submit()
		[part] = parts_of(visit)
		assert (part.company, part.supplier) == (company, supplier)
		part = step(step(part, "receive"), "test_defective")
		assert stock(item, defective) == 1
		part = step(part, "return_to_vendor", vendor_reference="RMA-US")
		assert part.purchase_return
		assert (part.credit_currency, part.credit_expected) == ("USD", 10)
		assert_ledger_clean(item, defective)

	def test_a_purchase_of_the_other_company_is_not_returned(self, van):
		company = other_company()
		warehouse = make_warehouse(company=company).name
		make_purchase(van.plain, warehouse, 3, van.supplier, company=company)
		part = swap(van, "plain")
		assert part.supplier is None
		part = step(step(part, "receive"), "test_defective")
		part = step(part, "return_to_vendor", supplier=van.supplier, vendor_reference="RMA")
		assert part.purchase_return is None
		assert frappe.db.get_value("Company", COMPANY, "name") == part.company


class TestScan:
	def test_a_box_of_four_is_four_pieces(self, van):
		code = frappe.generate_hash(length=10)
		item = frappe.get_doc("Item", van.plain)
		item.append("uoms", {"uom": "Box", "conversion_factor": 4})
		item.append("barcodes", {"barcode": code, "uom": "Box"})
		item.save()
		found = api.scan(visit_of(van).name, code)
		assert (found["means"], found["item_code"], found["qty"], found["uom"]) == (
			"fitted",
			van.plain,
			4,
			"Nos",
		)

	def test_a_barcode_whose_unit_is_unknown_says_what_to_do(self, van):
		code = frappe.generate_hash(length=10)
		insert(
			"Item Barcode",
			{"parent": van.plain, "parenttype": "Item", "parentfield": "barcodes"},
			{"barcode": code, "uom": "Box"},
		)
		with pytest.raises(PartQuantityError, match="Box"):
			api.scan(visit_of(van).name, code)

	def test_numbers_batches_items_and_what_nobody_knows(self, van):
		visit = visit_of(van).name
		sold = unique("SOLD")
		elsewhere = make_warehouse().name
		make_stock_receipt(van.serial, elsewhere, 1, serial_no=sold)
		assert api.scan(visit, sold)["warehouse"] == elsewhere
		visit_of(
			van, {"item_code": van.serial, "qty": 1, "serial_nos": sold, "warehouse": elsewhere}
		).submit()
		assert api.scan(visit, sold)["means"] == "removed"
		fitted = api.scan(visit, f" {van.numbers[0].lower()} ")
		assert (fitted["means"], fitted["serial_no"], fitted["warehouse"]) == ("fitted", van.numbers[0], None)
		assert api.scan(visit, van.batch_no)["batch_no"] == van.batch_no
		assert api.scan(visit, van.plain)["item_code"] == van.plain
		assert api.scan(visit, "NOBODY-KNOWS")["means"] == "unknown"

	def test_who_may_not_write_the_visit_learns_nothing(self, van, crew, as_user):
		visit = visit_of(van).name
		as_user(crew.other.user)
		with pytest.raises(frappe.PermissionError):
			api.scan(visit, van.plain)


def late(part, days: int) -> None:
	frappe.db.set_value("Removed Part", part.name, "due_on", add_days(today(), -days))


def heard(part) -> list[str]:
	return frappe.get_all(
		"Notification Log", {"document_name": part.name}, pluck="for_user", order_by="creation"
	)
