"""Loans that are due and late, and the loan that the clock proposes. The sweeps commit, so what a test makes stays."""

import frappe
import pytest
from frappe.utils import add_days, getdate, today

from support_service.service_parts.loans import bookings, history, reminders, take_back
from support_service.service_parts.report.loans_out import loans_out
from tests.factories import make_installed_unit
from tests.site.ladder_world import make_ladder_case, play, step
from tests.site.loan_world import all_of, crew, lend, make_loan, piece, set_places
from tests.site.visit_world import other_company

pytestmark = pytest.mark.usefixtures("crew_of_its_own")

LATER = {**step("Propose Loan", value=2), "point": "Hours after Due"}


@pytest.fixture(autouse=True)
def nothing_left_out():
	"""What a test leaves out is over for the next."""
	yield
	frappe.db.rollback()
	out = {"status": ("in", ("Lent", "Partly Returned"))}
	for name in frappe.get_all("Equipment Loan", out, pluck="name"):
		frappe.db.set_value("Equipment Loan", name, "status", "Returned")
	frappe.db.commit()
	frappe.clear_document_cache("Support Service Settings")


def due_in(loan, days: int):
	"""Let the loan be due `days` from today."""
	values = {"from_date": add_days(today(), min(days, 0) - 20), "until_date": add_days(today(), days)}
	frappe.db.set_value("Equipment Loan", loan.name, values)
	loan.reload()
	return loan


def reminded(loan) -> list[tuple[str, int]]:
	rows = {"loan": loan.name, "action": history.REMIND}
	return sorted((row.whom, row.days) for row in frappe.get_all(history.ENTRY, rows, ["whom", "days"]))


def notified(user: str, loan) -> int:
	return frappe.db.count("Notification Log", {"for_user": user, "document_name": loan.name})


def row_of(loan):
	_columns, rows, *_more = loans_out.execute({})
	return next((row for row in rows if row["name"] == loan.name), None)


class TestReminders:
	def test_days_before_it_is_due_once(self, stocked):
		loan = due_in(lend(make_loan(piece(stocked))), 2)
		for _again in range(3):
			reminders.remind_due()
		assert reminded(loan) == [("Customer", -2), ("Engineer", -2)]
		assert notified(crew().engineer_user, loan) == 1
		[message] = frappe.get_all(
			"Service Message",
			{"message_key": ("like", f"loan|{loan.name}|remind%")},
			["recipient", "subject"],
		)
		assert message.recipient == "someone@customer.example.com"
		assert crew().case in message.subject

	def test_26_days_late_whenever_it_was_looked_at(self, stocked):
		loan = due_in(lend(make_loan(piece(stocked))), -26)
		assert row_of(loan)["days_late"] == 26
		reminders.remind_due()
		assert row_of(loan)["days_late"] == 26
		assert reminded(loan) == [("Customer", 3), ("Engineer", 1), ("Service Manager", 7), ("Team Lead", 3)]
		assert notified(crew().lead, loan) == 1
		reminders.remind_due()
		assert len(reminded(loan)) == 4

	def test_handed_back_no_reminder_and_not_on_the_list(self, stocked):
		loan = due_in(lend(make_loan(piece(stocked))), -3)
		take_back.take_back(loan.name, all_of(loan), command="x")
		reminders.remind_due()
		assert (reminded(loan), row_of(loan)) == ([], None)

	def test_partly_back_it_is_late_by_what_is_out(self, stocked):
		loan = due_in(lend(make_loan(*(piece(stocked, number) for number in range(3)))), -1)
		take_back.take_back(loan.name, all_of(loan)[:1], command="x")
		assert (row_of(loan)["out"], row_of(loan)["days_late"]) == (2, 1)

	def test_extended_it_is_reminded_of_anew(self, stocked):
		loan = due_in(lend(make_loan(piece(stocked))), -1)
		reminders.remind_due()
		bookings.extend(loan.name, getdate(today()), "Parts are late")
		reminders.remind_due()
		assert ("Engineer", 0) in reminded(loan)
		assert ("Engineer", 1) in reminded(loan)

	def test_customers_are_reminded_only_where_the_settings_say_so(self, stocked):
		frappe.db.set_single_value("Support Service Settings", "remind_customer_of_loans", 0)
		frappe.clear_document_cache("Support Service Settings", "Support Service Settings")
		try:
			loan = due_in(lend(make_loan(piece(stocked))), 0)
			reminders.remind_due()
			assert reminded(loan) == [("Engineer", 0)]
		finally:
			frappe.db.set_single_value("Support Service Settings", "remind_customer_of_loans", 1)
			frappe.db.commit()

	def test_the_customer_is_told_when_it_is_lent(self, stocked):
		loan = lend(make_loan(piece(stocked)))
		[body] = frappe.get_all("Service Message", {"message_key": f"loan|{loan.name}|lent|1"}, pluck="body")
		assert stocked.numbers[0] in body


class TestProposal:
	def world(self, stocked, *steps):
		world = make_ladder_case(*steps, installed_unit=None)
		unit = make_installed_unit(customer=world.customer, item_code=stocked.serial)
		frappe.db.set_value("Service Request", world.case.name, "installed_unit", unit.name)
		return world

	def test_past_its_promise_a_loan_is_requested_once(self, stocked):
		world = self.world(stocked, step("Propose Loan", value=100), LATER)
		play(5)
		play(7)
		[loan] = frappe.get_all("Equipment Loan", {"service_request": world.case.name}, pluck="name")
		loan = frappe.get_doc("Equipment Loan", loan)
		assert (loan.status, loan.proposed, loan.pieces[0].serial_no) == (
			"Requested",
			1,
			sorted(stocked.numbers)[0],
		)
		assert notified(world.team.lead, loan) == 2

	def test_cancelled_it_is_not_proposed_again(self, stocked):
		from support_service.service_parts.loans import moves

		world = self.world(stocked, step("Propose Loan", value=100), LATER)
		play(5)
		[name] = frappe.get_all("Equipment Loan", {"service_request": world.case.name}, pluck="name")
		moves.cancel(name, "The customer needs none")
		frappe.db.commit()
		play(7)
		assert frappe.db.count("Equipment Loan", {"service_request": world.case.name}) == 1

	def test_nothing_free_is_said(self, stocked):
		world = make_ladder_case(step("Propose Loan", value=100))
		play(5)
		[loan] = frappe.get_all("Equipment Loan", {"service_request": world.case.name}, pluck="name")
		assert frappe.get_doc("Equipment Loan", loan).pieces == []
		subject = frappe.get_last_doc("Notification Log", {"document_name": loan}).subject
		assert "none that fits is free" in subject

	def test_a_company_that_lends_no_devices_is_left_in_peace(self, stocked):
		"""New sites have the step in their policies before anybody has thought of loans."""
		places = set_places(other_company(), loan_source_warehouse=None)
		world = make_ladder_case(step("Propose Loan", value=100), company=places.company)
		play(5)
		assert not frappe.db.exists("Equipment Loan", {"service_request": world.case.name})
