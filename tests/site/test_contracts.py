"""A Service Contract: begun from a template, checked, changed in force, terminated; what people see of it."""

import frappe
import pytest
from frappe.utils import add_days, add_years, getdate

from support_service.belonging.check import OfAnotherCustomerError
from support_service.customer_portal import contracts as portal_contracts
from support_service.service_coverage.contract import api as contract_api
from support_service.service_coverage.contract import ends as contract_ends
from support_service.service_coverage.contract import words as contract_words
from support_service.service_coverage.contract.content import ContractContentError, ContractDatesError
from support_service.service_coverage.contract.ends import ContractTerminationError, ContractUsedError
from support_service.service_coverage.report.expiring_contracts import expiring_contracts
from tests.factories import (
	make_customer,
	make_customer_user,
	make_installed_unit,
	make_item,
	make_service_calendar,
	make_service_contract,
	make_service_contract_template,
	make_service_level_policy,
	make_user,
)
from tests.site.test_contract_uses import use


def test_a_contract_begins_as_a_copy_of_its_template():
	policy = make_service_level_policy(only_by_contract=1)
	template = make_service_contract_template(
		months=24,
		service_level_policy=policy.name,
		item_code=make_item(is_stock_item=0).name,
		price=900,
		billing_interval="Quarterly",
		exclusions=[{"exclusion": "Lightning", "applies_to": "Parts"}],
	)
	contract = make_service_contract(template=template.name, entitlements=[], submit=False)
	assert contract.service_level_policy == policy.name
	assert (contract.price, contract.billing_interval) == (900, "Quarterly")
	assert [(row.kind, row.included) for row in contract.entitlements] == [("Visits", 4)]
	assert [row.exclusion for row in contract.exclusions] == ["Lightning"]
	template.db_set("price", 5000)
	contract.save()
	assert contract.price == 900


def test_the_form_gets_the_end_of_the_term_with_the_template():
	template = make_service_contract_template(months=12)
	values = contract_api.template_values(template.name, "2027-03-01")
	assert str(values["end_date"]) == "2028-02-29"
	assert values["entitlements"][0]["kind"] == "Visits"


@pytest.mark.parametrize(
	("values", "error"),
	[
		({"end_date": "2020-01-01"}, ContractDatesError),
		({"all_units": 0}, ContractContentError),
		({"entitlements": [{"kind": "Visits", "included": 0}]}, ContractContentError),
		({"entitlements": [{"kind": "Visits", "included": 1, "share": 120}]}, ContractContentError),
		({"entitlements": [{"kind": "Visits", "included": 1}] * 2}, ContractContentError),
		({"price": 10}, ContractContentError),
	],
)
def test_what_a_contract_must_not_say(values, error):
	with pytest.raises(error):
		make_service_contract(**values)


def test_units_stand_at_the_customers_and_are_named_once():
	customer = make_customer().name
	unit = {"installed_unit": make_installed_unit(customer=customer).name}
	foreign = {"installed_unit": make_installed_unit().name}
	with pytest.raises(OfAnotherCustomerError):
		make_service_contract(customer=customer, all_units=0, units=[foreign])
	with pytest.raises(ContractContentError):
		make_service_contract(customer=customer, all_units=0, units=[unit, unit])
	for _ in range(2):  # several contracts may cover one unit
		make_service_contract(customer=customer, all_units=0, units=[unit])


def test_a_disabled_policy_or_calendar_cannot_be_agreed():
	policy, calendar = make_service_level_policy(), make_service_calendar()
	policy.db_set("enabled", 0)
	calendar.db_set("disabled", 1)
	for values in ({"service_level_policy": policy.name}, {"calendar": calendar.name}):
		with pytest.raises(ContractContentError):
			make_service_contract(**values)


def test_units_are_added_in_force_and_never_removed():
	customer = make_customer().name
	units = [make_installed_unit(customer=customer).name for _ in range(2)]
	contract = make_service_contract(customer=customer, all_units=0, units=[{"installed_unit": units[0]}])
	contract.append("units", {"installed_unit": units[1], "from_date": getdate()})
	contract.save()
	contract.reload()
	assert [row.installed_unit for row in contract.units] == units
	assert contract.units[1].unit_name
	contract.units[0].to_date = getdate()
	contract.save()
	del contract.units[0]
	with pytest.raises(ContractContentError):
		contract.save()


def test_what_is_agreed_cannot_be_changed_in_force():
	contract = make_service_contract()
	contract.entitlements[0].included = 400
	with pytest.raises(frappe.UpdateAfterSubmitError):
		contract.save()


@pytest.mark.parametrize(
	("begins", "ends", "status"), [(-10, 10, "Active"), (1, 10, "Upcoming"), (-10, -1, "Expired")]
)
def test_the_status_follows_from_the_dates(begins, ends, status):
	today = getdate()
	contract = make_service_contract(start_date=add_days(today, begins), end_date=add_days(today, ends))
	assert contract.status == status


def test_a_termination_has_a_day_and_a_reason_and_is_on_record():
	contract = make_service_contract(start_date=add_days(getdate(), -10))
	with pytest.raises(ContractTerminationError):
		contract_ends.terminate(contract, getdate(), " ")
	with pytest.raises(ContractTerminationError):
		contract_ends.terminate(contract, getdate(add_years(getdate(), 2)), "Late")
	contract_ends.terminate(contract, getdate(), "Sold the machines")
	assert contract.status == "Active"  # the last day belongs to it
	assert contract_ends.status_of(contract, getdate(add_days(getdate(), 1))) == "Terminated"
	comments = frappe.get_all("Comment", {"reference_name": contract.name}, pluck="content")
	assert any("Sold the machines" in text for text in comments)


def test_work_already_covered_keeps_its_contract():
	contract = make_service_contract(start_date=add_days(getdate(), -10))
	use(contract, on=getdate())
	with pytest.raises(ContractTerminationError):
		contract_ends.terminate(contract, getdate(add_days(getdate(), -1)), "Late news")
	with pytest.raises(ContractUsedError):
		contract.reload().cancel()


def test_the_overview_tells_what_is_left():
	contract = make_service_contract()
	use(contract, 3, on=getdate())
	(line,) = contract_api.overview(contract.name)["left"]
	assert (line["used"], line["remaining"], line["included"]) == (3, 1, 4)


def test_a_manager_renews_and_terminates_others_do_not():
	contract = make_service_contract()
	for role in ("Service Desk Agent", "Service Engineer", "After-Sales Lead"):
		frappe.set_user(make_user(role).name)
		assert contract_api.overview(contract.name)["left"]
		for act in (
			lambda: contract_api.renew(contract.name),
			lambda: contract_api.make_invoices(contract.name),
			lambda: contract_api.terminate(contract.name, str(getdate()), "No"),
		):
			with pytest.raises(frappe.PermissionError):
				act()
	frappe.set_user(make_user("Service Manager").name)
	assert contract_api.renew(contract.name)
	contract_api.terminate(contract.name, str(getdate()), "As asked")


def test_a_manager_invoices_without_a_right_to_invoices():
	contract = make_service_contract(price=100, item_code=make_item(is_stock_item=0).name)
	frappe.set_user(make_user("Service Manager").name)
	assert len(contract_api.make_invoices(contract.name)) == 1


def test_the_printed_contract_says_what_was_agreed():
	customer = make_customer().name
	unit = make_installed_unit(customer=customer)
	contract = make_service_contract(
		customer=customer,
		all_units=0,
		units=[{"installed_unit": unit.name}],
		price=1200,
		item_code=make_item(is_stock_item=0).name,
		billing_interval="Quarterly",
		exclusions=[{"exclusion": "Lightning", "applies_to": "All"}],
		terms="<p>Work is done in office hours.</p>",
	)
	html = frappe.get_print("Service Contract", contract.name, print_format="Service Contract")
	for said in (
		contract.name,
		unit.unit_name,
		"Lightning",
		"300.00",
		"Work is done in office hours",
		"Visits",
	):
		assert said in html, said


def test_the_portal_tells_the_customer_what_is_left_and_never_of_drafts():
	customer = make_customer().name
	contract = make_service_contract(customer=customer, title="Gold")
	make_service_contract(customer=customer, submit=False)
	make_service_contract()
	use(contract, 1, on=getdate())
	(told,) = portal_contracts.contracts(frozenset({customer}))
	assert (told["title"], told["words"], told["all_units"]) == ("Gold", "Active", True)
	(line,) = told["left"]
	assert line["words"].startswith("3 of 4 left") and line["percent"] == 25


def test_a_customer_sees_own_contracts_and_no_draft():
	customer = make_customer().name
	user = make_customer_user(customer).name
	own, draft = (
		make_service_contract(customer=customer),
		make_service_contract(customer=customer, submit=False),
	)
	foreign = make_service_contract()
	frappe.set_user(user)
	seen = frappe.get_list("Service Contract", pluck="name")
	assert seen == [own.name]
	assert own.has_permission("read")
	for other in (draft, foreign):
		assert not frappe.get_doc("Service Contract", other.name).has_permission("read")


def test_the_report_lists_what_ends_and_is_not_renewed():
	today = getdate()
	soon = make_service_contract(start_date=add_days(today, -300), end_date=add_days(today, 20))
	later = make_service_contract()
	over = make_service_contract(start_date=add_days(today, -300), end_date=add_days(today, 20))
	contract_ends.terminate(over, today, "Sold")
	rows = expiring_contracts.execute({"not_renewed": 1})[1]
	names = {row.name: row for row in rows}
	assert names[soon.name].days_left == 20
	assert later.name not in names and over.name not in names


def test_words_are_those_of_the_day():
	contract = make_service_contract()
	assert contract_words.status_words(contract) == ("Active", "green")
	assert contract_words.status_words(contract, getdate(add_days(contract.end_date, 1)))[0] == "Expired"
