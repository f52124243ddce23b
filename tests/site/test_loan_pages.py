"""What customers see of loans, what stands on the slip, and what the report shows to whom."""

import frappe
import pytest
from frappe.utils import add_days, today

from support_service.customer_portal import loans, pages
from support_service.service_parts.loans import take_back
from support_service.service_parts.report.loans_out import loans_out
from tests.factories import make_customer, make_customer_user, make_service_engineer
from tests.site.loan_world import all_of, crew, lend, make_loan, piece

pytestmark = pytest.mark.usefixtures("loan_settings_as_before")


def seen_by(user: str) -> list[dict]:
	frappe.set_user(user)
	try:
		return loans.loans(pages.own_customers())
	finally:
		frappe.set_user("Administrator")


class TestPortal:
	def test_own_loans_with_their_due_date_and_nobody_elses(self, stocked):
		loan = lend(make_loan(piece(stocked), days=(0, 5)))
		make_loan(piece(stocked, 1))  # a request is ours to plan
		[shown] = seen_by(crew().portal)
		assert (shown["name"], shown["due_on"], shown["is_out"]) == (loan.name, add_days(today(), 5), True)
		assert [row["serial"] for row in shown["pieces"]] == [stocked.numbers[0]]
		assert seen_by(make_customer_user(make_customer().name).name) == []

	def test_a_device_on_loan_is_shown_with_its_date_and_no_more_when_it_is_back(self, stocked):
		loan = lend(make_loan(piece(stocked)))
		unit, customers = loan.pieces[0].installed_unit, frozenset([crew().customer])
		assert unit in {row.name for row in pages.own_units(customers)}
		assert list(loans.due_dates([unit], customers)) == [unit]
		assert loans.due_dates([unit], frozenset([make_customer().name])) == {}
		take_back.take_back(loan.name, all_of(loan), command="x")
		assert unit not in {row.name for row in pages.own_units(customers)}
		assert loans.due_dates([unit], customers) == {}
		assert [row["is_out"] for row in seen_by(crew().portal)] == [False]


class TestSlip:
	def test_says_what_is_lent_in_what_condition_and_who_signed(self, stocked):
		loan = lend(
			make_loan(
				{**piece(stocked), "condition": "Good", "accessories": "Power supply", "damage_value": 900}
			)
		)
		html = frappe.get_print("Equipment Loan", loan.name, "Loan Slip")
		for words in (stocked.numbers[0], "Power supply", "900", "Ms Wang", "Good", "data:image/png;base64"):
			assert words in html

	def test_a_charge_does_not_stand_on_it(self, stocked):
		loan = lend(make_loan(piece(stocked)))
		loan = take_back.take_back(loan.name, all_of(loan, condition="Worn", damage="Scratched"), command="x")
		frappe.db.set_value("Equipment Loan Return", loan.returns[0].name, "charge", 4242.42)
		html = frappe.get_print("Equipment Loan", loan.name, "Loan Slip")
		assert "Scratched" in html
		assert "4,242" not in html


class TestReport:
	def test_shows_each_engineer_the_loans_of_their_cases(self, stocked):
		loan = lend(make_loan(piece(stocked)))

		def listed(user: str) -> bool:
			frappe.set_user(user)
			_columns, rows, _message, chart = loans_out.execute({})
			frappe.set_user("Administrator")
			assert bool(chart) == bool(rows)
			return loan.name in {row["name"] for row in rows}

		assert listed(crew().engineer_user)
		assert listed(crew().lead)
		assert listed(crew().manager)
		assert listed(crew().store)
		assert not listed(make_service_engineer().user)

	def test_only_late_ones(self, stocked):
		loan = lend(make_loan(piece(stocked)))
		late = lend(make_loan(piece(stocked, 1)))
		frappe.db.set_value(
			"Equipment Loan",
			late.name,
			{"from_date": add_days(today(), -9), "until_date": add_days(today(), -2)},
		)
		data = loans_out.execute({"customer": crew().customer})[3]["data"]
		in_time, overdue = (one["values"] for one in data["datasets"])
		# what is not late is no bar of the colour of what is
		assert (in_time[0], in_time[1:]) == (1, [0] * 4), data
		assert overdue == [0, 1, 0, 0, 0]
		_columns, rows, *_more = loans_out.execute({"late_only": 1, "customer": crew().customer})
		found = {row["name"]: row["days_late"] for row in rows}
		assert found[late.name] == 2
		assert loan.name not in found
