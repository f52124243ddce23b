"""Disabled and frozen records: whoever names one is told; what ERPNext refuses is refused."""

from __future__ import annotations

import frappe
import pytest
from erpnext.exceptions import PartyDisabled, PartyFrozen

from support_service.permissions import named_links
from support_service.service_coverage.contract.content import ContractContentError
from tests.factories import (
	make_contact,
	make_customer,
	make_customer_user,
	make_installed_unit,
	make_item,
	make_service_channel,
	make_service_contract,
	make_service_engineer,
	make_service_request,
	make_service_team,
	make_user,
)

CASE = "Service Request"


def told(insert) -> str:
	frappe.clear_messages()
	insert()
	return " ".join(str(message) for message in frappe.local.message_log)


def switched_off(doctype: str, name: str, fieldname: str, value: int) -> str:
	frappe.db.set_value(doctype, name, fieldname, value)
	frappe.clear_document_cache(doctype, name)
	return name


@pytest.fixture
def customer(clean_transaction):
	return make_customer().name


class TestTold:
	@pytest.mark.parametrize(("fieldname", "word"), [("disabled", "disabled"), ("is_frozen", "frozen")])
	def test_a_case_for_a_customer_out_of_use(self, customer, fieldname, word):
		assert told(lambda: make_service_request(customer=customer)) == ""  # the control
		switched_off("Customer", customer, fieldname, 1)
		said = told(lambda: make_service_request(customer=customer))
		assert customer in said and word in said

	def test_a_unit_of_a_disabled_item(self, customer):
		item = make_item().name
		assert told(lambda: make_installed_unit(customer=customer, item_code=item)) == ""
		switched_off("Item", item, "disabled", 1)
		assert item in told(lambda: make_installed_unit(customer=customer, item_code=item))

	def test_a_team_and_a_channel(self, customer):
		team = switched_off("Service Team", make_service_team().name, "disabled", 1)
		assert team in told(lambda: make_service_request(customer=customer, team=team))
		channel = make_service_channel(f"Fax {frappe.generate_hash(length=6)}")
		switched_off("Service Channel", channel, "enabled", 0)
		assert channel in told(lambda: make_service_request(customer=customer, channel=channel))

	def test_what_stood_there_before_is_not_told_again(self, customer):
		case = make_service_request(customer=customer)
		switched_off("Customer", customer, "disabled", 1)
		case.subject = "Changed"
		assert told(case.save) == ""

	def test_history_names_who_has_left_without_a_word(self, customer):
		gone = make_service_engineer(active=0).name
		switched_off("Customer", customer, "disabled", 1)
		past = {"imported": 1, "status": "Closed", "raised_on": "2020-01-02", "closed_on": "2020-01-03"}
		assert told(lambda: make_service_request(customer=customer, engineer=gone, **past)) == ""

	def test_a_customer_is_not_told_of_our_books(self, customer):
		user = make_customer_user(customer).name
		switched_off("Customer", customer, "is_frozen", 1)
		frappe.set_user(user)

		def insert():
			case = frappe.new_doc(CASE)
			case.update({"subject": "Stands still", "customer": customer, "channel": make_service_channel()})
			named_links.mark_checked(case)
			case.insert(ignore_permissions=True)

		assert told(insert) == ""


class TestRefused:
	def contract(self, customer, **values):
		item = make_item(is_stock_item=0).name
		return make_service_contract(customer=customer, submit=False, price=1200, item_code=item, **values)

	@pytest.mark.parametrize(
		("fieldname", "error"), [("disabled", PartyDisabled), ("is_frozen", PartyFrozen)]
	)
	def test_a_contract_that_erpnext_would_not_invoice(self, customer, fieldname, error):
		self.contract(customer).submit()  # the control
		contract = self.contract(customer)
		switched_off("Customer", customer, fieldname, 1)
		with pytest.raises(error):
			contract.submit()

	def test_nor_one_by_a_disabled_item(self, customer):
		contract = self.contract(customer)
		switched_off("Item", contract.item_code, "disabled", 1)
		with pytest.raises(ContractContentError):
			contract.submit()

	def test_a_contract_without_a_price_is_not_invoiced(self, customer):
		switched_off("Customer", customer, "is_frozen", 1)
		assert make_service_contract(customer=customer).docstatus == 1


class TestPrimaryContact:
	"""A case that names only its customer: the customer's own contact and address, as on the form."""

	@pytest.fixture
	def firm(self, customer):
		contact = make_contact(
			customer, f"li{frappe.generate_hash(length=6)}@example.com", first_name="Li Na"
		)
		contact.append("phone_nos", {"phone": "+86 10 5550 1234", "is_primary_mobile_no": 1})
		contact.save()
		address = frappe.get_doc(
			{
				"doctype": "Address",
				"address_title": customer,
				"address_type": "Office",
				"address_line1": "1 Harbour Road",
				"city": "Shanghai",
				"country": "China",
				"links": [{"link_doctype": "Customer", "link_name": customer}],
			}
		).insert()
		frappe.db.set_value(
			"Customer",
			customer,
			{"customer_primary_contact": contact.name, "customer_primary_address": address.name},
		)
		return frappe._dict(customer=customer, contact=contact, address=address)

	def test_by_rest(self, firm):
		frappe.set_user(make_user("Service Desk Agent").name)
		case = frappe.get_doc(
			{
				"doctype": CASE,
				"subject": "Stands still",
				"customer": firm.customer,
				"channel": make_service_channel(),
			}
		).insert()
		assert (case.contact, case.contact_name) == (firm.contact.name, "Li Na")
		assert (case.contact_phone, case.contact_email) == (
			"+86 10 5550 1234",
			firm.contact.email_ids[0].email_id,
		)
		assert case.site_address == firm.address.name
		assert "1 Harbour Road" in case.site_address_display

	def test_who_called_is_not_replaced(self, firm):
		case = make_service_request(customer=firm.customer, contact_name="Wang Wei")
		assert (case.contact, case.contact_name, case.contact_email) == (None, "Wang Wei", None)

	def test_a_disabled_address_is_nobodys_site(self, firm):
		switched_off("Address", firm.address.name, "disabled", 1)
		assert make_service_request(customer=firm.customer).site_address is None

	def test_a_contact_that_a_stranger_wrote_is_not_taken(self, firm):
		stranger = make_user("Customer", user_type="Website User").name
		frappe.db.set_value("Contact", firm.contact.name, {"owner": stranger, "modified_by": stranger})
		assert make_service_request(customer=firm.customer).contact is None
