"""The next term is proposed ahead of time, once, as a draft with a Quotation; a contract may renew itself."""

from datetime import date

import frappe
import pytest
from frappe.utils import add_days, add_months, getdate

from support_service.service_coverage.contract import contracts
from support_service.service_coverage.contract import ends as contract_ends
from support_service.service_coverage.contract import renewals as contract_renewals
from support_service.service_coverage.contract.renewals import NotRenewableError
from tests.factories import (
	make_customer,
	make_installed_unit,
	make_item,
	make_service_contract,
	make_user,
)


def ending_in(days, **values):
	"""A contract of a year that ends in some days."""
	end = getdate(add_days(getdate(), days))
	start = getdate(add_days(add_months(end, -12), 1))  # also where it ends on a 29 February
	values.setdefault("item_code", make_item(is_stock_item=0).name)
	return make_service_contract(
		**{"start_date": start, "end_date": end, "price": 1000, "price_change": 5, **values}
	)


def renewal_of(contract):
	name = frappe.db.get_value("Service Contract", {"renewal_of": contract.name})
	return frappe.get_doc("Service Contract", name) if name else None


def test_a_renewal_is_the_next_term_at_the_next_price():
	customer = make_customer().name
	units = [make_installed_unit(customer=customer).name for _ in range(2)]
	left_on = add_days(getdate(), -10)
	contract = ending_in(
		30,
		customer=customer,
		all_units=0,
		units=[{"installed_unit": units[0]}, {"installed_unit": units[1], "to_date": left_on}],
		exclusions=[{"exclusion": "Lightning", "applies_to": "All"}],
	)
	new = contract_renewals.renew(contract.name)
	assert (new.docstatus, new.status, new.renewal_of) == (0, "Draft", contract.name)
	assert new.start_date == getdate(add_days(contract.end_date, 1))
	assert new.price == 1050
	assert [row.installed_unit for row in new.units] == [units[0]]
	assert [row.kind for row in new.entitlements] == ["Visits"]
	assert [row.exclusion for row in new.exclusions] == ["Lightning"]
	assert frappe.db.get_value("Service Contract", contract.name, "renewed_by") == new.name
	new.submit()
	assert contracts.in_force(units[0], customer, getdate(add_days(getdate(), 20))) == [contract.name]
	assert contracts.in_force(units[0], customer, getdate(add_days(getdate(), 40))) == [new.name]


def test_a_renewed_contract_begins_with_everything_unused():
	contract = ending_in(30)
	new = contract_renewals.renew(contract.name)
	new.submit()
	(source,) = contracts.sources(None, contract.customer, getdate(new.start_date))
	assert source.entitlements[0].remaining == 4
	assert (new.uses, new.next_invoice_on) == (0, new.start_date)


def test_the_customer_is_quoted_the_next_price():
	contract = ending_in(30)
	new = contract_renewals.renew(contract.name)
	quotation = frappe.get_doc("Quotation", new.quotation)
	assert (quotation.docstatus, quotation.party_name, quotation.net_total) == (0, contract.customer, 1050)


def test_without_a_price_nothing_is_quoted():
	assert not contract_renewals.renew(ending_in(30, price=0).name).quotation


def test_the_daily_run_proposes_once_and_tells_the_managers_once():
	manager = make_user("Service Manager").name
	contract = ending_in(30, propose_days=30)
	early = ending_in(31, propose_days=30)
	contract_renewals.propose_due()
	contract_renewals.propose_due()
	new = renewal_of(contract)
	assert new.docstatus == 0
	assert renewal_of(early) is None
	assert frappe.db.count("Notification Log", {"for_user": manager, "document_name": new.name}) == 1


def test_a_proposal_somebody_deletes_does_not_come_back_by_itself():
	contract = ending_in(30, propose_days=30)
	contract_renewals.propose_due()
	renewal_of(contract).delete()
	contract_renewals.propose_due()
	assert renewal_of(contract) is None
	assert contract_renewals.renew(contract.name).renewal_of == contract.name


def test_nobody_renews_twice():
	contract = ending_in(30)
	contract_renewals.renew(contract.name)
	with pytest.raises(NotRenewableError):
		contract_renewals.renew(contract.name)


def test_a_contract_that_renews_by_itself_goes_on():
	contract = ending_in(0, auto_renew=1)
	by_hand = ending_in(0)
	for _ in range(2):
		contract_renewals.propose_due()
		contract_renewals.submit_due()
	new = renewal_of(contract)
	assert (new.docstatus, new.status) == (1, "Upcoming")
	assert renewal_of(by_hand).docstatus == 0


def test_it_is_not_submitted_before_the_last_day():
	contract = ending_in(1, auto_renew=1)
	contract_renewals.propose_due()
	contract_renewals.submit_due()
	assert renewal_of(contract).docstatus == 0


def test_a_terminated_contract_is_not_renewed():
	contract = ending_in(5, auto_renew=1)
	contract_renewals.propose_due()
	contract.reload()
	contract_ends.terminate(contract, getdate(), "No more machines")
	other = ending_in(5)
	contract_ends.terminate(other, getdate(), "No more machines")
	contract_renewals.propose_due()
	frappe.db.set_value("Service Contract", contract.name, "end_date", getdate())
	contract_renewals.submit_due()
	assert renewal_of(contract).docstatus == 0
	assert renewal_of(other) is None
	with pytest.raises(NotRenewableError):
		contract_renewals.renew(other.name)


def test_a_cancelled_renewal_lets_the_contract_be_renewed_again():
	contract = ending_in(30)
	new = contract_renewals.renew(contract.name)
	new.submit()
	new.cancel()
	assert contract_renewals.renew(contract.name).name != new.name


def test_the_status_follows_the_day():
	contract = ending_in(0)
	frappe.db.set_value("Service Contract", contract.name, "end_date", add_days(getdate(), -1))
	assert frappe.db.get_value("Service Contract", contract.name, "status") == "Active"
	contract_ends.refresh_statuses()
	assert frappe.db.get_value("Service Contract", contract.name, "status") == "Expired"
	assert contract_ends.status_of(contract.reload(), date(2020, 1, 1)) == "Upcoming"
