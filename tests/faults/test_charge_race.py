"""Two invoices of one decision submitted at the same moment, from different documents: one passes, the other is told why. And one
joint invoice of several visits asked for by two at once is made once."""

from collections.abc import Callable
from typing import Any

import frappe
import pytest
from erpnext.selling.doctype.quotation.quotation import make_sales_invoice

from support_service.service_charging.billing import charging, visit_invoices
from tests.effort import times
from tests.factories import make_installed_unit
from tests.faults.workers import Crew, Outcome
from tests.faults.world import fresh, make_engineers, make_visit
from tests.site.coverage_world import decision_of, make_case_on, make_terms

SIZE = 2
ROUNDS = times(few=3, many=16)


def submit_invoice(user: str, name: str, ready: Callable[[], Any]) -> Outcome:
	frappe.set_user(user)
	invoice = frappe.get_doc("Sales Invoice", name)
	frappe.get_all(
		"Sales Invoice Item", {"coverage_decision": invoice.coverage_decision}
	)  # an older snapshot
	ready()
	error, message = "", ""
	try:
		invoice.submit()
		frappe.db.commit()
	except Exception as raised:
		error, message = type(raised).__name__, str(raised)
		frappe.db.rollback()
	return Outcome(name, error, message)


def make_joint_invoice(user: str, decisions: str, ready: Callable[[], Any]) -> Outcome:
	frappe.set_user(user)
	names = decisions.split("|")
	frappe.get_all("Sales Invoice Item", {"coverage_decision": ("in", names)})  # an older snapshot
	ready()
	error, message = "", ""
	try:
		message = visit_invoices.invoice_of(names)
		frappe.db.commit()
	except Exception as raised:
		error, message = type(raised).__name__, str(raised)
		frappe.db.rollback()
	return Outcome(decisions, error, message)


@pytest.fixture(scope="module")
def joint_crew(site):
	crew = Crew(site, (SIZE,), make_joint_invoice)
	yield crew
	crew.stop()


@pytest.fixture(scope="module")
def crew(site):
	crew = Crew(site, (SIZE,), submit_invoice)
	yield crew
	crew.stop()


@pytest.fixture
def terms(site):
	settings = frappe.get_doc("Support Service Settings")
	before = [row.as_dict(no_nulls=True) for row in settings.company_defaults]
	policy = settings.charge_policy
	make_terms()
	frappe.db.commit()
	yield
	settings = frappe.get_doc("Support Service Settings")
	settings.update({"company_defaults": [], "charge_policy": policy})
	for row in before:
		settings.append("company_defaults", row)
	settings.save()
	frappe.db.commit()


def invoices_of_one_decision() -> tuple[str, list[str]]:
	[engineer] = make_engineers(1)
	case = make_case_on(make_installed_unit())
	frappe.db.commit()
	visit = make_visit(engineer, service_request=case.name, visit_type="On Site", work_minutes=60)
	frappe.get_doc("Engineer Visit", visit).submit()
	decision = decision_of(case)
	quotation = frappe.get_doc("Quotation", charging.quotation_of(decision.name))
	quotation.submit()
	names = [make_sales_invoice(quotation.name).insert().name for _number in range(SIZE)]
	frappe.db.commit()
	return decision.name, names


def test_one_of_two_is_billed(crew, terms):
	for _round in range(ROUNDS):
		decision, names = invoices_of_one_decision()
		outcomes = crew.submit([("Administrator", name) for name in names])
		fresh()
		assert sorted(outcome.error for outcome in outcomes) == ["", "ChargedTwiceError"], outcomes
		billed = frappe.get_all("Sales Invoice", {"name": ("in", names), "docstatus": 1}, pluck="net_total")
		assert billed == [frappe.db.get_value("Coverage Decision", decision, "charged_amount")]


def decisions_of_two_visits() -> list[str]:
	[engineer] = make_engineers(1)
	case = make_case_on(make_installed_unit())
	frappe.db.commit()
	made = []
	for _visit in range(2):
		visit = make_visit(engineer, service_request=case.name, visit_type="On Site", work_minutes=60)
		frappe.get_doc("Engineer Visit", visit).submit()
		made.append(decision_of(case).name)
		frappe.db.commit()
	return made


def test_a_joint_invoice_asked_for_by_two_is_one(joint_crew, terms):
	for _round in range(ROUNDS):
		decisions = decisions_of_two_visits()
		outcomes = joint_crew.submit([("Administrator", "|".join(decisions))] * SIZE)
		fresh()
		assert not any(outcome.error for outcome in outcomes), outcomes
		assert len({outcome.message for outcome in outcomes}) == 1
		rows = frappe.get_all(
			"Sales Invoice Item", {"coverage_decision": ("in", decisions)}, ["parent", "coverage_decision"]
		)
		assert len({row.parent for row in rows}) == 1 and {row.coverage_decision for row in rows} == set(
			decisions
		)
