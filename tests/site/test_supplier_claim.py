"""A claim on the supplier finds where the part was bought and makes ERPNext's return and debit note, once."""

import frappe
import pytest

from support_service.service_charging import api as decision_api
from support_service.service_charging import supplier_claims
from support_service.service_charging.doctype.supplier_claim.supplier_claim import ClaimStepError
from tests.factories import (
	company,
	make_item,
	make_service_request,
	make_supplier,
	make_supplier_claim,
	make_warehouse,
	unique,
)


def bought(item, qty, rate=50, serials=None, supplier=None):
	receipt = frappe.get_doc(
		{
			"doctype": "Purchase Receipt",
			"supplier": supplier or make_supplier().name,
			"company": company(),
			"items": [
				{
					"item_code": item,
					"qty": qty,
					"rate": rate,
					"warehouse": make_warehouse().name,
					**({"use_serial_batch_fields": 1, "serial_no": "\n".join(serials)} if serials else {}),
				}
			],
		}
	).insert()
	receipt.submit()
	return receipt


@pytest.fixture
def serials():
	return [unique("SN") for _ in range(3)]


@pytest.fixture
def receipt(serials, clean_transaction, stock_settings_as_before):
	return bought(make_item(has_serial_no=1).name, 3, serials=serials)


def claim_of(receipt, serial):
	return make_supplier_claim(
		supplier=receipt.supplier, item_code=receipt.items[0].item_code, serial_no=serial
	)


def test_a_serial_number_finds_its_receipt_and_supplier(receipt, serials):
	claim = claim_of(receipt, serials[1])
	assert (claim.purchase_doctype, claim.purchase_name) == ("Purchase Receipt", receipt.name)
	found = supplier_claims.find_purchase(receipt.items[0].item_code, serials[1])
	assert found.supplier == receipt.supplier


def test_without_serial_number_the_latest_purchase_counts(clean_transaction, stock_settings_as_before):
	item = make_item().name
	supplier = make_supplier().name
	bought(item, 2, supplier=supplier)
	latest = bought(item, 2, supplier=supplier)
	bought(item, 2)
	assert make_supplier_claim(supplier=supplier, item_code=item).purchase_name == latest.name


def test_the_return_is_of_exactly_what_is_claimed(receipt, serials):
	claim = claim_of(receipt, serials[1])
	doc = frappe.get_doc("Purchase Receipt", supplier_claims.purchase_return_of(claim.name))
	assert (doc.docstatus, doc.is_return, doc.return_against) == (0, 1, receipt.name)
	[row] = doc.items
	assert (row.qty, row.serial_no) == (-1, serials[1])
	doc.submit()
	assert frappe.db.get_value("Serial No", serials[1], "warehouse") is None
	assert frappe.db.get_value("Serial No", serials[0], "warehouse") == receipt.items[0].warehouse


def test_a_double_click_makes_one(receipt, serials):
	claim = claim_of(receipt, serials[0])
	assert supplier_claims.purchase_return_of(claim.name) == supplier_claims.purchase_return_of(claim.name)
	assert frappe.db.count("Purchase Receipt", {"return_against": receipt.name}) == 1


def test_a_debit_note_from_the_invoice_of_the_receipt(receipt, serials):
	from erpnext.stock.doctype.purchase_receipt.purchase_receipt import make_purchase_invoice

	claim = claim_of(receipt, serials[2])
	with pytest.raises(supplier_claims.PurchaseNotFoundError):
		supplier_claims.debit_note_of(claim.name)
	invoice = make_purchase_invoice(receipt.name)
	invoice.bill_no = unique("B")
	invoice.insert()
	invoice.submit()
	note = frappe.get_doc("Purchase Invoice", supplier_claims.debit_note_of(claim.name))
	assert (note.docstatus, note.is_return, note.return_against) == (0, 1, invoice.name)
	assert [(row.qty, row.amount) for row in note.items] == [(-1, -50)]


def test_steps_go_one_way(clean_transaction):
	claim = make_supplier_claim()
	claim.status = "Settled"
	with pytest.raises(ClaimStepError):
		claim.save()
	for status in ("Sent", "Accepted", "Settled"):
		claim.reload().status = status
		claim.save()
	assert claim.answered_on


def test_the_case_says_that_the_supplier_pays(clean_transaction):
	case = make_service_request()
	claim = make_supplier_claim(service_request=case.name)
	[shown] = decision_api.of_case(case.name)["claims"]
	assert (shown.name, shown.supplier) == (claim.name, claim.supplier)


def test_of_a_serial_number_exactly_one(receipt, serials):
	with pytest.raises(frappe.ValidationError):
		make_supplier_claim(
			supplier=receipt.supplier, item_code=receipt.items[0].item_code, serial_no=serials[0], qty=2
		)
