"""A person is erased with Frappe's Personal Data Deletion Request: our documents stay, without the person in them."""

from __future__ import annotations

from types import SimpleNamespace

import frappe
import pytest
from frappe.website.doctype.personal_data_download_request.personal_data_download_request import get_user_data

from support_service.foundation import let_go
from support_service.setup import personal_data
from tests.factories import (
	give_portal_access,
	make_contact,
	make_customer,
	make_done_visit,
	make_service_engineer,
	make_service_request,
	make_user,
)

CASE = "Service Request"


@pytest.fixture
def people(clean_transaction) -> SimpleNamespace:
	"""Li Na, who reports and signs; Wang Wei, a colleague of hers at the same customer; Li Nanjing, whose name begins alike."""
	customer = make_customer().name
	phone = "+86 10 5550 1234"
	user = make_user("Customer", user_type="Website User", first_name="Li", last_name="Na", mobile_no=phone)
	# Frappe has made a Contact of the user
	contact = frappe.get_doc("Contact", {"user": user.name})
	contact.append("links", {"link_doctype": "Customer", "link_name": customer})
	contact.save()
	give_portal_access(customer, user.name)
	other = make_contact(customer, f"wang{frappe.generate_hash(length=6)}@example.com", first_name="Wang Wei")
	return SimpleNamespace(
		customer=customer, user=user.name, contact=contact.name, other=other.name, phone=phone
	)


def erase(email: str) -> None:
	"""What the request does with our documents when it is carried out; the whole of it is tried once, see below."""
	request = frappe.new_doc("Personal Data Deletion Request")
	request.email, request.anon = email, "deleted-user@example.com"
	personal_data.erase(request)


def test_a_case_stays_without_the_person(people):
	case = make_service_request(
		customer=people.customer,
		contact=people.contact,
		contact_name="Li Na",
		contact_phone=people.phone,
		contact_email=people.user,
		subject="Li Na says: pump stands still",
		description=f"Call Li Na ({people.user}), not Li Nanjing",
	)
	erase(people.user)
	case.reload()
	assert case.subject == "[REDACTED] says: pump stands still"
	assert "Li Nanjing" in case.description and people.user not in case.description
	assert (case.contact_name, case.contact_phone, case.contact_email) == ("[REDACTED]", None, None)
	assert case.customer == people.customer
	case.description = "It can still be saved"
	case.save()


def test_a_colleague_of_the_same_customer_is_untouched(people):
	"""The control, beside a case of hers."""
	theirs = make_service_request(customer=people.customer, contact=people.other, subject="Li Na knows more")
	before = frappe.db.get_value(CASE, theirs.name, ["contact_name", "contact_email", "subject"])
	erase(people.user)
	assert frappe.db.get_value(CASE, theirs.name, ["contact_name", "contact_email", "subject"]) == before
	assert before[0] == "Wang Wei"


def test_what_hangs_on_the_case_loses_her_too(people):
	from support_service.support_service import messages, moves

	case = make_service_request(customer=people.customer, contact=people.contact)
	visit = make_done_visit(
		service_request=case.name, signed_by="Li Na", signature="data:image/png;base64,AAAA"
	)
	visit.submit()
	foreign = make_done_visit(
		service_request=case.name, signed_by="Wang Wei", signature="data:image/png;base64,AAAA"
	)
	message = messages.queue(case, subject="For Li Na", body="Dear Li Na", key=f"test:{case.name}")
	moves.append_row(case, action="acknowledge", source="New", target="New", reason="Spoke to Li Na")
	erase(people.user)
	assert frappe.db.get_value("Engineer Visit", visit.name, ["signed_by", "signature", "docstatus"]) == (
		"[REDACTED]",
		None,
		1,
	)
	assert frappe.db.get_value("Engineer Visit", foreign.name, "signed_by") == "Wang Wei"
	assert frappe.db.get_value("Engineer Visit", foreign.name, "signature")
	assert frappe.db.get_value("Service Message", message, ["recipient", "subject", "body"]) == (
		"[REDACTED]",
		"For [REDACTED]",
		"Dear [REDACTED]",
	)
	reasons = frappe.get_all("Service Request Move", {"request": case.name}, pluck="reason")
	assert "Spoke to [REDACTED]" in reasons


def test_an_engineer_who_wants_to_be_forgotten(people):
	engineer = make_service_engineer(engineer_name="Zhao Lei", phone="+86 10 5550 9999")
	case = make_service_request(customer=people.customer)
	frappe.db.set_value(CASE, case.name, {"engineer": engineer.name, "engineer_name": "Zhao Lei"})
	erase(engineer.user)
	assert frappe.db.get_value("Service Engineer", engineer.name, ["engineer_name", "phone"]) == (
		"[REDACTED]",
		None,
	)
	assert frappe.db.get_value(CASE, case.name, ["engineer", "engineer_name"]) == (
		engineer.name,
		"[REDACTED]",
	)


def test_it_comes_with_the_steps_of_frappes_request(people):
	case = make_service_request(customer=people.customer, contact=people.contact)
	request = frappe.get_doc({"doctype": "Personal Data Deletion Request", "email": people.user}).insert()
	request.anon = "deleted-user@example.com"
	request.add_deletion_steps()  # nothing is redacted yet
	assert frappe.db.get_value(CASE, case.name, "contact_email") is None
	assert {CASE, "Service Engineer"} <= {step.document_type for step in request.deletion_steps}


@pytest.mark.long
def test_frappes_own_request_carries_it_out(people):
	case = make_service_request(
		customer=people.customer, contact=people.contact, subject="Li Na says: it stands"
	)
	request = frappe.get_doc({"doctype": "Personal Data Deletion Request", "email": people.user}).insert()
	request.db_set("status", "Pending Approval")
	request.trigger_data_deletion()
	request.reload()
	assert request.status == "Deleted"
	assert {CASE, "Service Engineer"} <= {step.document_type for step in request.deletion_steps}
	assert frappe.db.get_value(CASE, case.name, ["subject", "contact_name", "contact_email"]) == (
		"[REDACTED] says: it stands",
		"[REDACTED]",
		None,
	)


def test_a_person_gets_their_cases_with_the_personal_data_download(people):
	case = make_service_request(customer=people.customer, contact=people.contact)
	theirs = make_service_request(customer=people.customer, contact=people.other)
	data = get_user_data(people.user)
	assert case.name in data
	assert theirs.name not in data


def test_chinese_names_have_no_spaces_around_them():
	person = personal_data.Person(frozenset({"na@example.com"}), frozenset({"李娜", "Li Na"}), frozenset())
	assert person.erased_from("请联系李娜女士") == "请联系[REDACTED]女士"
	assert (
		person.erased_from("Mail na@example.com, not ana@example.com")
		== "Mail [REDACTED], not ana@example.com"
	)


def test_every_field_that_holds_a_person_is_known():
	"""A new field for a name, number, address or signature of somebody is put into the table."""
	hints = ("contact_name", "signed_by", "answered_by", "phone", "recipient", "signature")
	found = set()
	for doctype in {field.parent for field in let_go.link_fields()}:
		for field in frappe.get_meta(doctype).fields:
			by_name = any(hint in field.fieldname for hint in hints)
			if field.fieldtype in ("Data", "Signature", "Small Text") and (
				by_name or field.options in ("Email", "Phone")
			):
				found.add((doctype, field.fieldname))
	known = {(doctype, name) for doctype, names in personal_data.PERSON.items() for name in names}
	assert found - known == {("Service Team", "email")}  # a shared mailbox
