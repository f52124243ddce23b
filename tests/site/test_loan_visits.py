"""Devices on loan come back with the engineer at the next visit, in the visit's one transaction."""

import frappe
import pytest

from support_service.service_parts.loans import api, desk_api, errors, take_back
from tests.factories import make_done_visit
from tests.site.loan_world import (
	all_of,
	all_three,
	crew,
	entries_of,
	held,
	lend,
	make_loan,
	piece,
)

pytestmark = pytest.mark.usefixtures("loan_settings_as_before")


def visit_of_crew(*parts, **values):
	return make_done_visit(*parts, service_request=crew().case, engineer=crew().engineer, **values)


def rows_of(loan, **values):
	return [{"piece": row.name, "qty": row.qty, "condition": "Good", **values} for row in loan.pieces]


def planned(stocked, *pieces, **values):
	"""A loan that is out and a visit at which all of it is to come back into the van."""
	loan = lend(make_loan(*(pieces or all_three(stocked))))
	visit = visit_of_crew(**values)
	desk_api.plan_returns(visit.name, loan.name, rows_of(loan, to_warehouse=crew().van))
	return loan, visit


class TestSwapBack:
	def test_a_visit_offers_what_is_out_with_its_customer(self, stocked):
		loan = lend(make_loan(piece(stocked)))
		make_loan(piece(stocked, 1))  # only requested
		offered = desk_api.loans_of("Engineer Visit", visit_of_crew().name)
		assert [row["name"] for row in offered] == [loan.name]
		assert [(row["serial_no"], row["out"]) for row in offered[0]["pieces"]] == [(stocked.numbers[0], 1)]

	def test_the_forms_of_case_and_units_show_their_loans(self, stocked):
		loan = lend(make_loan(piece(stocked)))
		for doctype, name in (
			("Service Request", crew().case),
			("Installed Unit", crew().unit),
			("Installed Unit", loan.pieces[0].installed_unit),
		):
			frappe.set_user(crew().engineer_user)
			shown = [row["name"] for row in desk_api.loans_of(doctype, name)]
			frappe.set_user("Administrator")
			assert loan.name in shown, doctype

	def test_submitting_takes_them_back_into_the_van(self, stocked):
		loan, visit = planned(stocked)
		before = held(stocked, crew().van)
		visit.submit()
		loan.reload()
		assert (loan.status, {row.engineer_visit for row in loan.returns}) == ("Returned", {visit.name})
		assert held(stocked, crew().van) == [before[0] + 1, before[1] + 2, before[2] + 3]
		assert held(stocked, stocked.lent) == [0, 0, 0]

	def test_cancelling_lends_them_again_and_the_amended_visit_takes_them(self, stocked):
		loan, visit = planned(stocked)
		visit.submit()
		visit.cancel()
		loan.reload()
		assert (loan.status, {row.state for row in loan.returns}) == ("Lent", {"Planned"})
		assert held(stocked, stocked.lent) == [1, 2, 3]
		amended = frappe.copy_doc(visit, ignore_no_copy=False)
		for field in ("outcome", "findings", "work_done", "arrived_at", "left_at", "unsigned_reason"):
			amended.set(field, visit.get(field))
		amended.update(
			{
				"amended_from": visit.name,
				"planned_start": visit.planned_start,
				"planned_end": visit.planned_end,
			}
		)
		amended.docstatus = 0
		amended.insert()
		amended.submit()
		loan.reload()
		assert (loan.status, {row.engineer_visit for row in loan.returns}) == ("Returned", {amended.name})
		assert [row.docstatus for row in entries_of(loan.name)] == [1, 2, 1]

	def test_what_came_back_meanwhile_is_not_taken_twice(self, stocked):
		loan, visit = planned(stocked, piece(stocked))
		loan = take_back.take_back(loan.name, all_of(loan), command="store")
		assert [row.state for row in loan.returns] == ["Taken Back"]
		visit.submit()
		assert len(entries_of(loan.name)) == 2

	def test_a_refused_visit_takes_nothing_back(self, stocked):
		loan, visit = planned(stocked, piece(stocked))
		frappe.db.savepoint("not_submitted")
		visit.append("parts", {"item_code": stocked.plain, "qty": 99, "warehouse": stocked.store})
		with pytest.raises(frappe.ValidationError):
			visit.submit()
		frappe.db.rollback(save_point="not_submitted")
		loan.reload()
		assert (loan.status, len(entries_of(loan.name))) == ("Lent", 1)

	def test_planned_anew_replaces_the_plan(self, stocked):
		loan, visit = planned(stocked, piece(stocked))
		desk_api.plan_returns(visit.name, loan.name, [])
		visit.submit()
		loan.reload()
		assert (loan.status, loan.returns) == ("Lent", [])

	def test_a_draft_that_is_deleted_plans_nothing_any_more(self, stocked):
		loan, visit = planned(stocked, piece(stocked), arrived_at=None, left_at=None)
		frappe.set_user(crew().manager)
		frappe.delete_doc("Engineer Visit", visit.name)
		frappe.set_user("Administrator")
		loan.reload()
		assert (loan.status, loan.returns) == ("Lent", [])
		assert not frappe.db.exists("Engineer Visit", visit.name)

	def test_not_at_another_customers_visit(self, stocked):
		loan = lend(make_loan(piece(stocked)))
		with pytest.raises(errors.LoanReturnError, match="customer of this visit"):
			desk_api.plan_returns(make_done_visit().name, loan.name, rows_of(loan))

	def test_an_engineer_takes_back_without_a_stock_role(self, stocked):
		loan, visit = planned(stocked)
		frappe.set_user(crew().engineer_user)
		frappe.get_doc("Engineer Visit", visit.name).submit()
		frappe.set_user("Administrator")
		loan.reload()
		assert (loan.status, loan.returns[0].taken_back_by) == ("Returned", crew().engineer_user)


class TestRights:
	def test_the_lead_books_engineer_and_store_hand_over(self, stocked):
		loan = make_loan(*all_three(stocked), {"item_code": stocked.plain})
		frappe.set_user(crew().engineer_user)
		with pytest.raises(frappe.PermissionError):
			api.book(loan.name)
		frappe.set_user(crew().lead)
		assert api.book(loan.name) == "Booked"
		frappe.set_user(crew().engineer_user)
		assert api.hand_over(loan.name, unsigned_reason="No pen") == "Lent"
		frappe.set_user(crew().store)
		doc = frappe.get_doc("Equipment Loan", loan.name)
		assert api.take_back(loan.name, rows_of(doc), "back") == "Returned"
		frappe.set_user(crew().engineer_user)
		with pytest.raises(frappe.PermissionError):
			api.undo_take_back(loan.name, "any", "any")

	def test_a_customer_reaches_none_of_it(self, stocked):
		loan = lend(make_loan(piece(stocked)))
		frappe.set_user(crew().portal)
		for call in (
			lambda: api.steps(loan.name),
			lambda: api.take_back(loan.name, [], "x"),
			lambda: desk_api.calendar_events("2026-01-01", "2026-12-31"),
			lambda: desk_api.free_pieces(stocked.company, "2026-01-01", "2026-01-02"),
		):
			with pytest.raises(frappe.PermissionError):
				call()


class TestDamage:
	@pytest.fixture
	def damaged(self, stocked):
		from tests.factories import make_item

		places = {"damage_item": make_item(is_stock_item=0).name}
		settings = frappe.get_doc("Support Service Settings")
		next(row for row in settings.company_defaults if row.company == stocked.company).update(places)
		settings.save(ignore_permissions=True)
		loan = lend(make_loan(*(piece(stocked, number) for number in range(2))))
		return take_back.take_back(
			loan.name, all_of(loan, condition="Damaged", damage="Cover broken"), command="x"
		)

	def test_charged_once_by_a_draft_invoice(self, damaged):
		amounts = {damaged.returns[0].name: 120.5}
		invoice = api.charge_damage(damaged.name, amounts)
		assert api.charge_damage(damaged.name, amounts) == invoice
		doc = frappe.get_doc("Sales Invoice", invoice)
		assert (doc.docstatus, doc.customer, doc.net_total) == (0, crew().customer, 120.5)
		assert "Cover broken" in doc.items[0].description
		with pytest.raises(errors.LoanChargeError, match=invoice):
			api.charge_damage(damaged.name, {row.name: 10 for row in damaged.returns})

	def test_a_deleted_invoice_may_be_made_again(self, damaged):
		amounts = {damaged.returns[0].name: 80}
		first = api.charge_damage(damaged.name, amounts)
		frappe.delete_doc("Sales Invoice", first)
		assert api.charge_damage(damaged.name, amounts)
		damaged.reload()
		assert damaged.returns[0].charge == 80

	def test_what_is_charged_is_not_undone(self, damaged):
		api.charge_damage(damaged.name, {damaged.returns[0].name: 80})
		with pytest.raises(errors.LoanReturnError, match="charged with"):
			take_back.undo(damaged.name, damaged.returns[0].stock_entry, "Mistake")

	def test_damage_of_a_cancelled_invoice_is_charged_again_or_undone(self, damaged):
		amounts = {damaged.returns[0].name: 80}
		first = frappe.get_doc("Sales Invoice", api.charge_damage(damaged.name, amounts))
		first.submit()
		assert api.steps(damaged.name)["chargeable"] == [damaged.returns[1].name]
		first.cancel()
		assert api.steps(damaged.name)["chargeable"] == [row.name for row in damaged.returns]
		second = api.charge_damage(damaged.name, amounts)
		assert second != first.name
		frappe.get_doc("Sales Invoice", second).submit()
		frappe.get_doc("Sales Invoice", second).cancel()
		loan = take_back.undo(damaged.name, damaged.returns[0].stock_entry, "Mistake")
		assert (loan.status, loan.returns[0].sales_invoice, loan.returns[0].charge) == ("Lent", None, 0)

	def test_an_amended_invoice_goes_on_charging_the_damage(self, damaged):
		amounts = {damaged.returns[0].name: 80}
		first = frappe.get_doc("Sales Invoice", api.charge_damage(damaged.name, amounts))
		first.submit()
		first.cancel()
		amended = frappe.copy_doc(first)
		amended.update({"amended_from": first.name, "docstatus": 0})
		amended.insert()
		assert api.charge_damage(damaged.name, amounts) == amended.name
		assert api.steps(damaged.name)["chargeable"] == [damaged.returns[1].name]

	def test_a_row_that_came_back_with_others_is_undone_with_them(self, damaged):
		with pytest.raises(errors.LoanReturnError, match="Nothing of this loan"):
			take_back.undo(damaged.name, damaged.returns[0].name, "Mistake")

	def test_an_engineer_sees_no_charge(self, damaged):
		frappe.set_user(crew().engineer_user)
		doc = frappe.get_doc("Equipment Loan", damaged.name)
		doc.apply_fieldlevel_read_permissions()
		assert all(row.get("charge") is None for row in doc.returns)
