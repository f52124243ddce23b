"""Hours of a visit become a Timesheet once, billable as far as they are charged; a visit never fails for want of one, unless the
settings demand it. And what a case costs and earns, for those who may know."""

import frappe
import pytest
from erpnext.accounts.doctype.sales_invoice.sales_invoice import make_sales_return
from erpnext.projects.doctype.timesheet.timesheet import make_sales_invoice
from frappe.utils import add_to_date, get_datetime, now_datetime

from support_service.service_charging import api as charging_api
from support_service.service_charging.billing import charging, earnings
from support_service.service_charging.billing.timesheets import TimesheetMissingError
from support_service.service_charging.billing.visit_invoices import invoice_of
from support_service.service_charging.decision import by_hand as decisions_by_hand
from tests.factories import (
	company,
	insert,
	make_installed_unit,
	make_item,
	make_stock_receipt,
	make_user,
	make_warehouse,
	unique,
)
from tests.site.coverage_world import (
	LABOUR_RATE,
	TRAVEL_RATE,
	decision_of,
	make_case_on,
	make_contract_for,
	make_price,
	make_terms,
	make_unit_with_warranty,
	visit_on,
)
from tests.site.visit_world import crew

LABOUR_COST, TRAVEL_COST = 45.0, 30.0


def settings_say(**values):
	settings = frappe.get_doc("Support Service Settings")
	settings.update(values)
	settings.save()


@pytest.fixture(autouse=True)
def terms(committed_crew, stock_settings_as_before):
	made = make_terms()
	labour = insert(
		"Activity Type", {"activity_type": unique("Labour"), "costing_rate": LABOUR_COST}, {}
	).name
	travel = insert(
		"Activity Type", {"activity_type": unique("Travel"), "costing_rate": TRAVEL_COST}, {}
	).name
	settings_say(make_timesheets=1, labour_activity=labour, travel_activity=travel, submit_timesheets=1)
	make_employee()
	made.labour_activity, made.travel_activity = labour, travel
	return made


@pytest.fixture
def case():
	return make_case_on(make_installed_unit())


def make_employee():
	employee = insert(
		"Employee",
		{
			"first_name": unique("Engineer"),
			"company": company(),
			"gender": frappe.db.get_value("Gender", {}, "name"),
			"date_of_birth": "1990-01-01",
			"date_of_joining": "2020-01-01",
		},
		{},
	).name
	frappe.db.set_value("Service Engineer", crew()["engineer"], "employee", employee)
	return employee


def visit_at(case, hours_ago=1, *parts, **values):
	"""A visit of an hour and half an hour of travel that began so many hours ago."""
	arrived = add_to_date(now_datetime(), hours=-hours_ago)
	return visit_on(
		case,
		*parts,
		**{
			"arrived_at": arrived,
			"left_at": add_to_date(arrived, hours=1),
			"work_minutes": 60,
			"travel_minutes": 30,
			**values,
		},
	)


def timesheet_of(visit, **filters):
	name = frappe.db.get_value("Timesheet", {"engineer_visit": visit.name, "docstatus": ("<", 2), **filters})
	return frappe.get_doc("Timesheet", name) if name else None


def logs(doc):
	return {row.activity_type: row for row in doc.time_logs}


class TestRecorded:
	def test_hours_and_what_is_charged_of_them(self, case, terms):
		visit = visit_at(case)
		visit.submit()
		doc = timesheet_of(visit)
		assert (doc.docstatus, doc.customer, doc.service_request) == (1, case.customer, case.name)
		assert (doc.total_hours, doc.total_billable_hours) == (1.5, 1.5)
		labour, travel = logs(doc)[terms.labour_activity], logs(doc)[terms.travel_activity]
		assert (labour.billing_rate, labour.billing_amount) == (LABOUR_RATE, LABOUR_RATE)
		assert (travel.hours, travel.billing_amount) == (0.5, TRAVEL_RATE)
		assert get_datetime(travel.to_time) == get_datetime(labour.from_time)
		assert doc.total_costing_amount == LABOUR_COST + TRAVEL_COST / 2

	def test_only_the_charged_part_is_billable(self, terms):
		unit = make_installed_unit()
		make_contract_for(unit, {"kind": "Labour Hours", "included": 1})
		visit = visit_at(make_case_on(unit), 4, left_at=now_datetime(), work_minutes=240)
		visit.submit()
		labour = logs(timesheet_of(visit))[terms.labour_activity]
		assert (labour.hours, labour.billing_hours, labour.billing_amount) == (4, 3, 3 * LABOUR_RATE)

	def test_covered_hours_are_not_billable(self):
		visit = visit_at(make_case_on(make_unit_with_warranty()))
		visit.submit()
		assert timesheet_of(visit).total_billable_hours == 0

	def test_as_a_draft(self, case):
		settings_say(submit_timesheets=0)
		visit = visit_at(case)
		visit.submit()
		assert timesheet_of(visit).docstatus == 0
		visit.cancel()
		assert not timesheet_of(visit)

	def test_once(self, case):
		visit = visit_at(case)
		visit.submit()
		doc = timesheet_of(visit)
		copy = frappe.copy_doc(doc, ignore_no_copy=False)
		copy.update({"docstatus": 0, "service_visit_key": doc.service_visit_key})
		copy.flags.from_visit = True
		for row in copy.time_logs:
			row.update({name: add_to_date(row.get(name), days=-9) for name in ("from_time", "to_time")})
		with pytest.raises(frappe.UniqueValidationError):
			copy.insert()

	def test_off_by_default_it_is_not_looked_at(self, case):
		settings_say(make_timesheets=0)
		visit = visit_at(case)
		visit.submit()
		assert not timesheet_of(visit)
		assert frappe.get_meta("Support Service Settings").get_field("make_timesheets").default != "1"

	def test_cancelled_with_the_visit_and_made_for_the_amended_one(self, case):
		visit = visit_at(case)
		visit.submit()
		first = timesheet_of(visit)
		visit.cancel()
		assert first.reload().docstatus == 2
		again = frappe.copy_doc(visit)
		again.update({"docstatus": 0, "amended_from": visit.name})
		again.insert().submit()
		assert timesheet_of(again).total_hours == 1.5

	def test_decided_otherwise(self, case, terms):
		visit = visit_at(case)
		visit.submit()
		doc = decision_of(case)
		decisions_by_hand.override(doc.name, doc.lines[0].name, 50, "Goodwill")
		labour = logs(timesheet_of(visit))[terms.labour_activity]
		assert (labour.billing_hours, labour.billing_amount) == (0.5, LABOUR_RATE / 2)

	def test_one_that_hr_amends_stands_for_the_visit(self, case):
		visit = visit_at(case)
		visit.submit()
		doc = timesheet_of(visit)
		doc.cancel()
		again = frappe.copy_doc(doc, ignore_no_copy=False)
		again.update({"docstatus": 0, "amended_from": doc.name, "engineer_visit": visit.name})
		again.insert().submit()
		assert timesheet_of(visit).name == again.name
		visit.reload().cancel()
		assert again.reload().docstatus == 2


class TestWithout:
	@pytest.mark.parametrize("why", ["no employee", "overlap"])
	def test_the_visit_is_submitted_all_the_same_and_says_why(self, case, why):
		if why == "overlap":
			visit_at(case).submit()
		else:
			frappe.db.set_value("Service Engineer", crew()["engineer"], "employee", None)
		visit = visit_at(case)
		frappe.clear_messages()
		visit.submit()
		assert visit.docstatus == 1 and not timesheet_of(visit)
		assert "No Timesheet was made" in str(frappe.message_log)

	def test_refused_where_the_settings_demand_it(self, case):
		settings_say(timesheets_required=1)
		frappe.db.set_value("Service Engineer", crew()["engineer"], "employee", None)
		visit = visit_at(case)
		with pytest.raises(TimesheetMissingError, match="no Employee"):
			visit.submit()


class TestBilled:
	def invoice(self, *visits):
		names = [visit.reload().coverage_decision for visit in visits]
		doc = frappe.get_doc("Sales Invoice", invoice_of(names))
		doc.submit()
		return doc

	def test_one_of_two_jobs_invoiced_leaves_the_others_hours_open(self, case):
		first, second = visit_at(case, 5), visit_at(case, 3)
		first.submit()
		second.submit()
		made = self.invoice(first)
		assert timesheet_of(first).status == "Billed"
		assert {row.sales_invoice for row in timesheet_of(first).time_logs} == {made.name}
		assert timesheet_of(second).status == "Submitted"
		assert not any(row.sales_invoice for row in timesheet_of(second).time_logs)
		self.invoice(first, second)
		assert timesheet_of(second).status == "Billed"

	@pytest.mark.parametrize("items", ["two items", "one item"])
	def test_one_of_two_jobs_of_one_timesheet(self, case, terms, items):
		"""The travel is taken off the draft: its hours stay open, and a later invoice bills them."""
		if items == "one item":
			settings = frappe.get_doc("Support Service Settings")
			for row in settings.company_defaults:
				row.travel_item = row.labour_item
			settings.save()
		travelled = LABOUR_RATE if items == "one item" else TRAVEL_RATE
		visit = visit_at(case, 3, left_at=now_datetime(), work_minutes=120)
		visit.submit()
		decision = visit.reload().coverage_decision
		made = frappe.get_doc("Sales Invoice", charging.invoice_of(decision))
		assert (len(made.timesheets), made.net_total) == (2, 2 * LABOUR_RATE + travelled)
		made.items = made.items[:1]
		made.save()
		assert (made.net_total, made.total_billing_amount) == (2 * LABOUR_RATE, 2 * LABOUR_RATE)
		made.submit()
		sheet = timesheet_of(visit)
		labour, travel = logs(sheet)[terms.labour_activity], logs(sheet)[terms.travel_activity]
		assert (labour.sales_invoice, travel.sales_invoice) == (made.name, None)
		assert sheet.status != "Billed" and sheet.per_billed < 100
		later = frappe.get_doc("Sales Invoice", charging.invoice_of(decision))
		assert later.net_total == travelled
		assert [row.timesheet_detail for row in later.timesheets] == [travel.name]
		later.submit()
		sheet.reload()
		assert (sheet.status, logs(sheet)[terms.travel_activity].sales_invoice) == ("Billed", later.name)

	def test_a_credit_of_one_job_opens_its_hours_alone(self, case, terms):
		visit = visit_at(case)
		visit.submit()
		made = self.invoice(visit)
		credit = make_sales_return(made.name)
		credit.items = [row for row in credit.items if row.rate == TRAVEL_RATE]
		credit.insert().submit()
		sheet = timesheet_of(visit)
		assert logs(sheet)[terms.labour_activity].sales_invoice == made.name
		assert not logs(sheet)[terms.travel_activity].sales_invoice

	def test_an_invoice_made_of_the_timesheet_itself_keeps_its_hours(self, case, terms):
		visit = visit_at(case)
		visit.submit()
		made = make_sales_invoice(timesheet_of(visit).name, terms.labour_item, case.customer)
		made.items[0].qty = 2
		made.run_method("set_missing_values")
		made.insert()
		assert len(made.timesheets) == 2

	def test_the_single_button_bills_hours_too(self, case):
		visit = visit_at(case)
		visit.submit()
		frappe.get_doc("Sales Invoice", charging.invoice_of(visit.reload().coverage_decision)).submit()
		assert timesheet_of(visit).status == "Billed"

	def test_a_cancelled_invoice_opens_them_again(self, case):
		visit = visit_at(case)
		visit.submit()
		self.invoice(visit).cancel()
		assert timesheet_of(visit).status == "Submitted"
		assert self.invoice(visit).timesheets

	def test_a_credit_note_does_too(self, case):
		visit = visit_at(case)
		visit.submit()
		made = self.invoice(visit)
		make_sales_return(made.name).insert().submit()
		assert self.invoice(visit).net_total == LABOUR_RATE + TRAVEL_RATE

	def test_a_visit_cancelled_after_its_hours_were_billed(self, case):
		visit = visit_at(case)
		visit.submit()
		doc = timesheet_of(visit)
		self.invoice(visit)
		visit.reload().cancel()
		doc.reload()
		assert (doc.docstatus, doc.engineer_visit, doc.service_visit_key) == (1, None, None)


class TestEarnings:
	def test_cost_price_and_margin(self, case):
		item, warehouse = make_item().name, make_warehouse().name
		make_price(item, 400)
		make_stock_receipt(item, warehouse, 2, rate=150)
		visit = visit_at(case, 1, {"item_code": item, "qty": 1}, warehouse=warehouse)
		visit.submit()
		found = earnings.of_case(case.name)
		charged = LABOUR_RATE + TRAVEL_RATE + 400
		cost = 150 + LABOUR_COST + TRAVEL_COST / 2
		assert (found["parts"], found["labour"], found["travel"]) == (150, LABOUR_COST, TRAVEL_COST / 2)
		assert (found["charged"], found["cost"], found["margin"]) == (charged, cost, charged - cost)
		made = TestBilled().invoice(visit)
		make_sales_return(made.name).insert().submit()
		found = earnings.of_case(case.name)
		assert (found["billed"], found["credited"], found["open"]) == (charged, charged, charged)
		visit.reload().cancel()
		found = earnings.of_case(case.name)
		assert (found["parts"], found["charged"], found["cost"]) == (0, 0, 0)

	def test_the_same_without_timesheets(self, case):
		settings_say(make_timesheets=0)
		visit_at(case).submit()
		assert earnings.of_case(case.name)["cost"] == LABOUR_COST + TRAVEL_COST / 2

	def test_what_nobody_knows_is_not_nothing(self, case):
		settings_say(make_timesheets=0, labour_activity=None)
		visit_at(case).submit()
		found = earnings.of_case(case.name)
		assert (found["labour"], found["is_whole"]) == (None, False)

	def test_an_employees_own_rate_counts_first(self, case, terms):
		settings_say(make_timesheets=0)
		employee = make_employee()
		values = {"employee": employee, "activity_type": terms.labour_activity, "costing_rate": 99}
		insert("Activity Cost", values, {})
		visit_at(case).submit()
		assert earnings.of_case(case.name)["labour"] == 99

	def test_engineers_are_not_told(self, case):
		visit = visit_at(case)
		visit.submit()
		for role, told in (
			("Service Engineer", False),
			("Service Desk Agent", False),
			("Service Manager", True),
		):
			frappe.set_user(make_user(role).name if role != "Service Engineer" else visit.engineer_user)
			try:
				if told:
					assert charging_api.earnings(case.name)["charged"]
				else:
					with pytest.raises(frappe.PermissionError):
						charging_api.earnings(case.name)
			finally:
				frappe.set_user("Administrator")
