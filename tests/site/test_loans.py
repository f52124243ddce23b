"""A loan from request to return: what moves in stock, what the unit says, what is refused."""

import frappe
import pytest
from frappe.utils import add_days, getdate, today

from support_service.installed_base import unit_events
from support_service.service_charging.decision import decisions
from support_service.service_coverage.vocabulary import SourceKind
from support_service.service_parts import errors as part_errors
from support_service.service_parts.loans import bookings, came_back, errors, hand_over, moves, take_back
from tests.factories import make_installed_unit, make_service_contract, make_service_request, unique
from tests.ledger_oracle import assert_ledger_clean
from tests.site.loan_world import (
	SIGNED,
	all_of,
	all_three,
	crew,
	entries_of,
	fill,
	held,
	lend,
	make_loan,
	piece,
	set_places,
)
from tests.site.visit_world import other_company, set_stock_setting

pytestmark = pytest.mark.usefixtures("loan_settings_as_before")


def unit_of(serial: str):
	name = frappe.db.get_value("Installed Unit", {"serial_no": serial})
	return frappe.get_doc("Installed Unit", name) if name else None


def events_of(unit: str) -> list[str]:
	rows = {"installed_unit": unit}
	return frappe.get_all("Installed Unit Event", rows, pluck="event", order_by="recorded_at, creation")


class TestRequest:
	def test_begins_with_what_its_case_says(self, stocked):
		loan = make_loan(piece(stocked))
		assert (loan.status, loan.customer, loan.company) == ("Requested", crew().customer, stocked.company)
		assert (loan.stands_in_for, loan.engineer_user) == (crew().unit, crew().engineer_user)
		assert (loan.source_warehouse, loan.loan_warehouse) == (stocked.store, stocked.lent)

	def test_a_form_does_not_choose_the_status(self, stocked):
		loan = make_loan(piece(stocked))
		loan.status = "Lent"
		with pytest.raises(errors.LoanMoveError, match="only the buttons"):
			loan.save()

	def test_an_item_without_stock_cannot_be_booked(self, stocked):
		loan = make_loan({"item_code": stocked.serial})
		with pytest.raises(errors.LoanPieceError, match="serial numbers"):
			bookings.book(loan.name)

	def test_what_is_booked_stays_as_it_is(self, stocked):
		loan = bookings.book(make_loan(piece(stocked)).name)
		loan.until_date = add_days(today(), 30)
		with pytest.raises(errors.LoanMoveError, match="Due On"):
			loan.save()
		loan.reload()
		loan.pieces[0].serial_no = stocked.numbers[1]
		with pytest.raises(errors.LoanMoveError, match="Pieces"):
			loan.save()
		moves.release(loan.name)
		loan.reload()
		loan.pieces[0].serial_no = stocked.numbers[1]
		loan.save()
		assert bookings.book(loan.name).status == "Booked"

	def test_cancelled_with_a_reason(self, stocked):
		loan = bookings.book(make_loan(piece(stocked)).name)
		with pytest.raises(errors.LoanMoveError, match="reason"):
			moves.cancel(loan.name, "")
		assert moves.cancel(loan.name, "Repaired meanwhile").status == "Cancelled"
		assert bookings.book(make_loan(piece(stocked)).name).status == "Booked"


class TestHandOver:
	def test_it_leaves_once_into_the_loan_warehouse(self, stocked):
		loan = make_loan(*all_three(stocked))
		lend(loan)
		for _again in range(2):
			assert hand_over.hand_over(loan.name, SIGNED).status == "Lent"
		loan.reload()
		assert [(row.name, row.docstatus) for row in entries_of(loan.name)] == [(loan.stock_entry, 1)]
		assert held(stocked, stocked.store) == [2, 3, 1]
		assert held(stocked, stocked.lent) == [1, 2, 3]
		for item in (stocked.serial, stocked.plain, stocked.batch):
			for warehouse in (stocked.store, stocked.lent):
				assert_ledger_clean(item, warehouse)

	def test_nothing_is_lost_in_the_books(self, stocked):
		loan = lend(make_loan(*all_three(stocked)))
		rows = {"voucher_no": loan.stock_entry, "is_cancelled": 0}
		values = frappe.get_all("Stock Ledger Entry", rows, pluck="stock_value_difference")
		assert sum(values) == pytest.approx(0)
		accounts = frappe.get_all("GL Entry", rows, ["debit", "credit"])
		assert sum(row.debit - row.credit for row in accounts) == pytest.approx(0)

	def test_who_signs_or_why_not(self, stocked):
		loan = bookings.book(make_loan(piece(stocked)).name)
		with pytest.raises(errors.LoanMoveError, match="sign"):
			hand_over.hand_over(loan.name)
		assert hand_over.hand_over(loan.name, {"unsigned_reason": "Nobody there"}).status == "Lent"

	def test_a_company_without_loan_warehouse_is_told_where_to_enter_it(self, stocked):
		loan = bookings.book(make_loan(piece(stocked)).name)
		set_places(loan_warehouse=None)
		loan.reload()
		loan.save()
		with pytest.raises(errors.LoanPlaceError, match="Support Service Settings"):
			hand_over.hand_over(loan.name, SIGNED)

	def test_a_piece_that_has_left_the_store_is_refused(self, stocked):
		loan = bookings.book(make_loan(piece(stocked)).name)
		other = fill(set_places())  # another store: the piece stands where it stood
		assert other.store != stocked.store
		row = loan.pieces[0]
		frappe.db.set_value(row.doctype, row.name, "warehouse", other.store)
		with pytest.raises(part_errors.SerialNumberError, match=stocked.store):
			hand_over.hand_over(loan.name, SIGNED)
		assert entries_of(loan.name) == []

	def test_a_closed_day_moves_nothing(self, stocked, stock_settings_as_before):
		loan = bookings.book(make_loan(piece(stocked)).name)
		set_stock_setting("stock_frozen_upto", today())
		frappe.db.savepoint("booked")
		with pytest.raises(part_errors.PostingClosedError, match="Nothing was moved"):
			hand_over.hand_over(loan.name, SIGNED)
		frappe.db.rollback(save_point="booked")
		loan.reload()
		assert (loan.status, entries_of(loan.name)) == ("Booked", [])

	def test_undone_it_is_booked_as_before(self, stocked):
		loan = lend(make_loan(*all_three(stocked)))
		undone = hand_over.undo(loan.name, "Wrong customer")
		assert (undone.status, undone.stock_entry) == ("Booked", None)
		assert held(stocked, stocked.store) == [3, 5, 4]
		assert held(stocked, stocked.lent) == [0, 0, 0]
		assert unit_of(stocked.numbers[0]).state == "Returned"
		again = hand_over.hand_over(loan.name, SIGNED)
		assert again.status == "Lent"
		assert [row.docstatus for row in entries_of(loan.name)] == [2, 1]
		assert unit_of(stocked.numbers[0]).state == "Standby"

	def test_its_stock_entry_is_cancelled_by_the_loan_only(self, stocked):
		loan = lend(make_loan(piece(stocked)))
		with pytest.raises(errors.LoanStockEntryError, match=loan.name):
			frappe.get_doc("Stock Entry", loan.stock_entry).cancel()


class TestTakeBack:
	def test_three_lent_one_returned_two_later(self, stocked):
		loan = lend(make_loan(*(piece(stocked, number) for number in range(3))))
		first, *rest = all_of(loan, condition="Good")
		loan = take_back.take_back(loan.name, [first], command="one")
		assert (loan.status, held(stocked, stocked.lent)[0]) == ("Partly Returned", 2)
		loan = take_back.take_back(loan.name, rest, command="two")
		assert loan.status == "Returned"
		assert loan.returned_on
		assert held(stocked, stocked.lent)[0] == 0
		assert held(stocked, stocked.store)[0] == 3

	def test_complete_is_counted_by_the_loans_own_records(self, stocked):
		"""Another loan of the same item stays out: it neither completes this one nor keeps it open."""
		loan = lend(make_loan({"item_code": stocked.plain, "qty": 3}))
		other = lend(make_loan({"item_code": stocked.plain, "qty": 2}))
		row = loan.pieces[0].name
		loan = take_back.take_back(loan.name, [came_back.Back(row, 1)], command="one")
		other.reload()
		assert (loan.status, loan.pieces[0].still_out()) == ("Partly Returned", 2)
		assert (other.status, other.pieces[0].still_out(), other.returns) == ("Lent", 2, [])
		loan = take_back.take_back(loan.name, [came_back.Back(row, 2)], command="two")
		other.reload()
		assert (loan.status, loan.pieces[0].still_out()) == ("Returned", 0)
		assert (other.status, other.pieces[0].still_out(), other.returned_on) == ("Lent", 2, None)
		assert held(stocked, stocked.lent)[1] == 2
		with pytest.raises((errors.LoanMoveError, errors.LoanReturnError)):
			take_back.take_back(loan.name, [came_back.Back(row, 1)], command="three")
		assert take_back.take_back(other.name, all_of(other), command="four").status == "Returned"

	def test_the_same_command_three_times(self, stocked):
		loan = lend(make_loan({"item_code": stocked.plain, "qty": 4}))
		back = [came_back.Back(loan.pieces[0].name, 1)]
		for _again in range(3):
			loan = take_back.take_back(loan.name, back, command="same")
		assert (loan.pieces[0].returned_qty, loan.status) == (1, "Partly Returned")
		assert len(entries_of(loan.name)) == 2

	def test_more_than_is_out_is_refused(self, stocked):
		loan = lend(make_loan({"item_code": stocked.plain, "qty": 2}))
		with pytest.raises(errors.LoanReturnError, match="2 are out"):
			take_back.take_back(loan.name, [came_back.Back(loan.pieces[0].name, 3)])

	def test_what_is_damaged_goes_to_inspection(self, stocked):
		loan = lend(make_loan(*all_three(stocked)))
		loan = take_back.take_back(
			loan.name, all_of(loan, condition="Damaged", damage="Cover broken"), command="x"
		)
		assert held(stocked, stocked.inspection) == [1, 2, 3]
		assert {row.damage for row in loan.returns} == {"Cover broken"}

	def test_undone_it_is_out_again(self, stocked):
		loan = lend(make_loan(*all_three(stocked)))
		loan = take_back.take_back(loan.name, all_of(loan), command="x")
		entry = loan.returns[0].stock_entry
		loan = take_back.undo(loan.name, entry, "Counted wrong")
		assert (loan.status, loan.returned_on) == ("Lent", None)
		assert held(stocked, stocked.lent) == [1, 2, 3]
		assert unit_of(stocked.numbers[0]).state == "Standby"
		assert take_back.take_back(loan.name, all_of(loan), command="y").status == "Returned"

	def test_not_into_another_companys_warehouse(self, stocked):
		loan = lend(make_loan(piece(stocked)))
		other = set_places(other_company())
		with pytest.raises(errors.LoanReturnError, match=stocked.company):
			take_back.take_back(loan.name, all_of(loan, to_warehouse=other.store))


class TestKept:
	def test_what_the_customer_has_bought_or_lost_is_not_waited_for(self, stocked):
		loan = lend(make_loan(*(piece(stocked, number) for number in range(2))))
		lost, back = all_of(loan)
		loan = take_back.keep(loan.name, [lost], "Lost in a fire")
		assert (loan.status, loan.returns[0].state) == ("Partly Returned", "Kept")
		assert held(stocked, stocked.lent)[0] == 2
		loan = take_back.take_back(loan.name, [back], command="x")
		assert loan.status == "Returned"
		found = take_back.undo(loan.name, loan.returns[0].name, "It was found")
		assert found.status == "Partly Returned"
		assert take_back.take_back(loan.name, all_of(found), command="y").status == "Returned"


class TestUnit:
	def test_it_stands_at_the_customers_and_is_ours(self, stocked):
		loan = lend(make_loan(piece(stocked)))
		unit = unit_of(stocked.numbers[0])
		assert (unit.state, unit.customer) == ("Standby", crew().customer)
		assert (loan.pieces[0].installed_unit, events_of(unit.name)) == (unit.name, [unit_events.LENT])
		assert not frappe.db.exists("Service Warranty", {"installed_unit": unit.name})
		assert not frappe.db.get_value("Serial No", stocked.numbers[0], "customer")
		take_back.take_back(loan.name, all_of(loan), command="x")
		unit.reload()
		assert (unit.state, events_of(unit.name)) == ("Returned", [unit_events.LENT, unit_events.TAKEN_BACK])

	def test_an_own_device_that_is_on_record_is_used_again(self, stocked):
		own = make_installed_unit(serial_no=stocked.numbers[0], item_code=stocked.serial, state="Standby")
		loan = lend(make_loan(piece(stocked)))
		assert loan.pieces[0].installed_unit == own.name
		assert frappe.db.get_value("Installed Unit", own.name, "customer") == crew().customer
		take_back.take_back(loan.name, all_of(loan), command="x")
		back = frappe.db.get_value("Installed Unit", own.name, ["customer", "state"])
		assert back == (own.customer, "Standby")

	def test_what_is_a_customers_is_not_lent(self, stocked):
		make_installed_unit(serial_no=stocked.numbers[0], item_code=stocked.serial)
		with pytest.raises(errors.LoanPieceError, match="not ours to lend"):
			bookings.book(make_loan(piece(stocked)).name)

	def test_we_pay_for_work_on_it_whatever_the_customer_has_agreed(self, stocked):
		make_service_contract(customer=crew().customer)
		lend(make_loan(piece(stocked)))
		found = decisions.sources_of(unit_of(stocked.numbers[0]).name, crew().customer, getdate())
		assert [(source.kind, source.in_force) for source in found] == [(SourceKind.OWN, True)]
		works = [decisions.UNKNOWN[0]]
		[decided] = decisions.who_pays(works, unit_of(stocked.numbers[0]).name, crew().customer, getdate())[
			:1
		]
		assert decided.share == 100


class TestTwoCompanies:
	def test_lent_and_back_in_the_other_one(self, stocked):
		other = fill(set_places(other_company()))
		case = make_service_request(customer=crew().customer, company=other.company).name
		loan = lend(make_loan(*all_three(other), service_request=case))
		assert (loan.company, held(other, other.lent)) == (other.company, [1, 2, 3])
		assert held(stocked, stocked.store) == [3, 5, 4]
		assert take_back.take_back(loan.name, all_of(loan), command="x").status == "Returned"
		assert held(other, other.store) == [3, 5, 4]

	def test_each_lends_from_its_own_store(self, stocked):
		other = set_places(other_company())
		loan = make_loan(piece(stocked), source_warehouse=None)
		assert loan.source_warehouse == stocked.store
		with pytest.raises(errors.LoanPlaceError, match=stocked.company):
			make_loan(piece(stocked), source_warehouse=other.store)


class TestDelete:
	def test_a_request_may_go_what_was_handed_over_stays(self, stocked):
		frappe.delete_doc("Equipment Loan", make_loan(piece(stocked)).name)
		loan = lend(make_loan(piece(stocked)))
		with pytest.raises(errors.LoanMoveError, match="stays on record"):
			frappe.delete_doc("Equipment Loan", loan.name)
		with pytest.raises(errors.LoanMoveError, match="stays on record"):
			frappe.delete_doc("Equipment Loan", hand_over.undo(loan.name, unique("Undone")).name)
