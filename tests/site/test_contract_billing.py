"""Invoices of contracts are ERPNext's own, as drafts, each once, and add up to the price."""

import frappe
import pytest
from frappe.utils import add_days, add_months, getdate

from support_service.foundation.currencies import IncompleteCurrencyError
from support_service.service_coverage.contract import api as contract_api
from support_service.service_coverage.contract import billing as contract_billing
from support_service.service_coverage.contract import ends as contract_ends
from support_service.service_coverage.contract.billing import InvoicedContractError, NothingToInvoiceError
from tests.factories import company, make_item, make_service_contract, make_user
from tests.platform import SIXTEEN


def paid_contract(*, months_ago=0, **values):
	"""A year for 1000, invoiced monthly, begun some months ago."""
	start = getdate(add_months(getdate(), -months_ago))
	values.setdefault("item_code", make_item(is_stock_item=0).name)
	return make_service_contract(
		**{"start_date": start, "price": 1000, "billing_interval": "Monthly", **values}
	)


def invoices_of(contract):
	names = frappe.get_all(
		"Sales Invoice", {"service_contract": contract.name}, pluck="name", order_by="creation"
	)
	return [frappe.get_doc("Sales Invoice", name) for name in names]


def next_on(contract):
	return frappe.db.get_value("Service Contract", contract.name, "next_invoice_on")


def test_what_is_due_becomes_drafts_of_erpnext():
	contract = paid_contract(months_ago=2)
	assert next_on(contract) == contract.start_date
	assert len(contract_billing.make_for(contract.name)) == 3
	invoices = invoices_of(contract)
	assert [invoice.docstatus for invoice in invoices] == [0, 0, 0]
	assert [invoice.net_total for invoice in invoices] == [83.33, 83.34, 83.33]
	assert {invoice.customer for invoice in invoices} == {contract.customer}
	assert invoices[0].items[0].item_code == contract.item_code
	assert contract.name in invoices[0].items[0].description
	assert next_on(contract) == getdate(add_months(contract.start_date, 3))


def test_a_currency_without_a_name_for_cents_is_named():
	"""frappe#37394: version 16 fails over such an amount in words; 15 writes "Cent"."""
	contract = paid_contract()
	frappe.db.set_value("Currency", contract.currency, "fraction", None)
	frappe.db.value_cache.clear()
	try:
		if not SIXTEEN:
			assert len(contract_billing.make_for(contract.name)) == 1
			return
		with pytest.raises(IncompleteCurrencyError, match=contract.currency):
			contract_billing.make_for(contract.name)
		frappe.db.set_value("Currency", contract.currency, "fraction", "Fen")
		frappe.db.value_cache.clear()
		assert len(contract_billing.make_for(contract.name)) == 1
	finally:
		frappe.db.value_cache.clear()


def test_a_manager_invoices_without_a_role_of_erpnext():
	contract = paid_contract()
	frappe.set_user(make_user("Service Manager").name)
	try:
		(name,) = contract_api.make_invoices(contract.name)
	finally:
		frappe.set_user("Administrator")
	assert frappe.db.get_value("Sales Invoice", name, "net_total") == 83.33


def test_a_repeat_makes_nothing():
	contract = paid_contract(months_ago=1)
	contract_billing.make_for(contract.name)
	assert contract_billing.make_for(contract.name) == []
	assert len(invoices_of(contract)) == 2


def test_the_database_refuses_a_second_invoice_for_the_same_days():
	contract = paid_contract()
	(name,) = contract_billing.make_for(contract.name)
	twin = frappe.copy_doc(frappe.get_doc("Sales Invoice", name))
	twin.service_billing_key = frappe.db.get_value("Sales Invoice", name, "service_billing_key")
	with pytest.raises((frappe.UniqueValidationError, frappe.DuplicateEntryError)):
		twin.insert()


def test_nothing_is_due_before_its_day():
	contract = paid_contract(start_date=add_days(getdate(), 1))
	assert contract_billing.make_for(contract.name) == []
	assert next_on(contract) == add_days(getdate(), 1) or str(next_on(contract)) == str(
		add_days(getdate(), 1)
	)


def test_taxes_cost_center_and_deferred_revenue():
	account = frappe.db.get_value("Account", {"company": company(), "account_type": "Tax", "is_group": 0})
	liability = frappe.db.get_value(
		"Account", {"company": company(), "root_type": "Liability", "is_group": 0, "account_type": ""}
	)
	template = frappe.get_doc(
		{
			"doctype": "Sales Taxes and Charges Template",
			"title": frappe.generate_hash(length=8),
			"company": company(),
			"taxes": [
				{"charge_type": "On Net Total", "account_head": account, "description": "VAT", "rate": 10}
			],
		}
	).insert()
	item = make_item(
		is_stock_item=0,
		enable_deferred_revenue=1,
		item_defaults=[{"company": company(), "deferred_revenue_account": liability}],
	)
	center = frappe.db.get_value("Cost Center", {"company": company(), "is_group": 0})
	contract = paid_contract(
		item_code=item.name,
		taxes_and_charges=template.name,
		cost_center=center,
		billing_interval="In Advance",
	)
	contract_billing.make_for(contract.name)
	(invoice,) = invoices_of(contract)
	assert (invoice.net_total, invoice.grand_total) == (1000, 1100)
	row = invoice.items[0]
	assert row.cost_center == center
	assert (row.service_start_date, row.service_end_date) == (contract.start_date, getdate(contract.end_date))
	invoice.submit()


def test_the_daily_run_makes_what_is_due_and_nothing_twice():
	contract = paid_contract()
	free = paid_contract(price=0)
	contract_billing.make_due()
	contract_billing.make_due()
	assert len(invoices_of(contract)) == 1
	assert invoices_of(free) == []


def test_contracts_with_nothing_to_invoice_take_no_place_in_the_run():
	contract = paid_contract()
	for _ in range(3):
		make_service_contract()
	frappe.db.commit()
	due = frappe.db.sql(
		"select count(*) from `tabService Contract` where docstatus = 1 and next_invoice_on <= %s", getdate()
	)[0][0]
	contract_billing.make_due(limit=due)
	assert len(invoices_of(contract)) == 1


def test_one_contract_that_cannot_be_invoiced_does_not_hold_up_the_others():
	broken, fine = paid_contract(), paid_contract()
	frappe.db.set_value("Item", broken.item_code, "disabled", 1)
	frappe.clear_document_cache("Item", broken.item_code)
	contract_billing.make_due()
	assert len(invoices_of(fine)) == 1
	assert invoices_of(broken) == []
	assert frappe.db.exists("Error Log", {"method": ("like", f"%{broken.name}%")})


def test_a_cancelled_invoice_is_made_again_only_on_request():
	contract = paid_contract()
	contract_billing.make_for(contract.name)
	(invoice,) = invoices_of(contract)
	invoice.submit()
	with pytest.raises(NothingToInvoiceError):
		contract_billing.make_again(contract.name, 1)
	invoice.reload()
	invoice.cancel()
	assert contract_billing.make_for(contract.name) == []
	again = contract_billing.make_again(contract.name, 1)
	with pytest.raises(NothingToInvoiceError):
		contract_billing.make_again(contract.name, 1)
	assert frappe.db.get_value("Sales Invoice", again, "docstatus") == 0


def test_an_amended_invoice_stays_with_the_contract():
	contract = paid_contract()
	contract_billing.make_for(contract.name)
	(invoice,) = invoices_of(contract)
	invoice.submit()
	invoice.reload()
	invoice.cancel()
	amended = frappe.copy_doc(invoice)
	amended.update(
		{
			"docstatus": 0,
			"amended_from": invoice.name,
			"service_contract": contract.name,
			"service_billing_key": invoice.service_billing_key,
		}
	)
	amended.insert()
	assert (amended.service_contract, amended.service_billing_key) == (contract.name, None)
	assert contract_billing.make_for(contract.name) == []
	with pytest.raises(NothingToInvoiceError):
		contract_billing.make_again(contract.name, 1)
	assert contract_billing.made_for(contract.name)[1].name == amended.name


def test_a_deleted_draft_is_due_again():
	contract = paid_contract()
	(name,) = contract_billing.make_for(contract.name)
	frappe.delete_doc("Sales Invoice", name)
	assert next_on(contract) == getdate()
	assert len(contract_billing.make_for(contract.name)) == 1


def test_after_a_termination_nothing_more_is_invoiced():
	contract = paid_contract(months_ago=2, billing_interval="Quarterly")
	contract_billing.make_for(contract.name)
	contract.reload()
	contract_ends.terminate(contract, getdate(), "Sold the machines")
	assert next_on(contract) is None
	(line,) = contract_billing.overview(contract)
	assert line["last"] == getdate()
	assert line["amount"] + line["to_credit"] == 250
	assert line["to_credit"] > 0


def test_a_contract_with_a_draft_invoice_cannot_be_cancelled():
	contract = paid_contract()
	contract_billing.make_for(contract.name)
	contract.reload()
	with pytest.raises(InvoicedContractError):
		contract.cancel()


def test_without_an_item_nothing_can_be_priced():
	with pytest.raises(frappe.ValidationError, match="item"):
		paid_contract(item_code=None)
