"""A person is erased with Frappe's Personal Data Deletion Request: our documents stay, without the person in them."""

from __future__ import annotations

import inspect
from types import SimpleNamespace

import frappe
import pytest
from frappe.website.doctype.personal_data_deletion_request.personal_data_deletion_request import (
	PersonalDataDeletionRequest,
)
from frappe.website.doctype.personal_data_download_request.personal_data_download_request import get_user_data

from support_service.foundation import let_go
from support_service.overrides.personal_data_deletion_request import EVENT, ServiceDeletionRequest
from support_service.service_intake.mail import repair, spool
from support_service.setup import personal_data
from tests.factories import (
	give_portal_access,
	make_contact,
	make_customer,
	make_done_visit,
	make_service_contract,
	make_service_engineer,
	make_service_request,
	make_user,
)
from tests.site.mail_world import letter, make_mailbox, one

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


def unique_address(local: str) -> str:
	return f"{local}{frappe.generate_hash(length=6)}@example.com"


def erase(email: str) -> None:
	"""What the request does with our documents when it is carried out; the whole of it is tried once, see below."""
	request = frappe.new_doc("Personal Data Deletion Request")
	request.email = email
	personal_data.before_erasure(request)


FIELDS = ("subject", "contact_name", "contact_phone", "contact_email")


def of_case(name: str) -> tuple:
	return frappe.db.get_value(CASE, name, FIELDS)


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
	from support_service.support_service import moves
	from support_service.support_service.messaging import messages

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


def test_her_mails_go_and_their_rows_stay(people):
	mailbox = make_mailbox(enabled=0)
	colleague = frappe.db.get_value("Contact", people.other, "email_id")
	hers = one(mailbox, letter(f"Li Na <{people.user}>", mailbox.email_id, text="Li Na asks"))
	theirs = one(mailbox, letter(colleague, mailbox.email_id))
	digest, key = hers.raw_hash, hers.server_key
	erase(people.user)
	frappe.db.after_commit.run()
	hers.reload()
	assert people.user not in f"{hers.as_dict()}" and "Li Na" not in f"{hers.as_dict()}"
	assert not hers.raw_hash and not spool.path_of(digest).exists()
	# so that it is not fetched again
	assert hers.server_key == key
	with pytest.raises(spool.RawMessageMissingError):
		repair.view(hers)
	assert colleague in repair.view(theirs.reload())["headers"][0]["value"]


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


def test_contacts_that_somebody_made_for_themselves_name_nobody(people):
	"""Everybody with a login may make a Contact with anybody's address and number."""
	victim = make_customer().name
	contact = make_contact(victim, unique_address("zhang"), first_name="Zhang", last_name="Min")
	case = make_service_request(
		customer=victim, contact=contact.name, contact_phone="+86 10 5550 7777", subject="Zhang Min called"
	)
	signed = make_done_visit(service_request=case.name, signed_by="Zhang Min")
	before = of_case(case.name)
	assert before[3] == contact.email_id
	# a stranger's own Contact, and one that a customer's Portal User made of their own firm
	stranger = make_user("Customer", user_type="Website User", first_name="Mallory")
	for user, customer in ((stranger.name, victim), (people.user, people.customer)):
		frappe.set_user(user)
		frappe.get_doc(
			{
				"doctype": "Contact",
				"first_name": "Zhang",
				"last_name": "Min",
				"email_ids": [
					{"email_id": user, "is_primary": 1},
					{"email_id": contact.email_id},
				],
				"phone_nos": [{"phone": "+86 10 5550 7777"}],
				"links": [{"link_doctype": "Customer", "link_name": customer}],
			}
		).insert()
		frappe.set_user("Administrator")
		erase(user)
	assert of_case(case.name) == before
	assert frappe.db.get_value("Engineer Visit", signed.name, "signed_by") == "Zhang Min"


def test_a_shared_mailbox_is_not_one_of_its_readers(people):
	shared = unique_address("service")
	contact = frappe.get_doc("Contact", people.contact)
	contact.append("email_ids", {"email_id": shared})
	contact.append("phone_nos", {"phone": "+86 10 5550 2222"})
	contact.save()
	theirs = make_service_request(
		customer=people.customer,
		contact=people.other,
		contact_email=shared,
		contact_phone="+86 10 5550 2222",
		subject=f"Answer to {shared}",
	)
	own = make_service_request(customer=people.customer, contact=people.contact, contact_email=shared)
	# what she reports on the portal for a colleague
	reported = make_service_request(
		customer=people.customer,
		contact=people.other,
		contact_email=shared,
		contact_phone="+86 10 5550 2222",
		subject=f"Li Na says: answer to {shared}",
	)
	frappe.db.set_value(CASE, reported.name, "owner", people.user)
	before = of_case(theirs.name)
	erase(people.user)
	assert of_case(theirs.name) == before and before[1] == "Wang Wei"
	assert of_case(own.name)[1:] == ("[REDACTED]", None, None)
	assert of_case(reported.name) == (f"[REDACTED] says: answer to {shared}", *before[1:])


def test_who_called_about_her_unit_keeps_their_name(people):
	"""The unit brings its contact, the name is the caller's."""
	case = make_service_request(
		customer=people.customer,
		contact=people.contact,
		contact_name="Wang Wei",
		contact_phone="+86 10 5550 3333",
		contact_email=people.user,
		subject="Li Na is away",
	)
	erase(people.user)
	assert of_case(case.name) == ("[REDACTED] is away", "Wang Wei", "+86 10 5550 3333", None)


def test_a_mailbox_that_asks_is_none_of_those_who_read_it(people):
	shared = unique_address("service")
	wang, li = (
		make_contact(people.customer, shared, first_name=first, last_name=last)
		for first, last in (("Wang", "Ming"), ("Li", "Ming"))
	)
	zhao = make_contact(people.customer, shared, first_name="Zhao", last_name="Ming")
	zhao.db_set("user", make_user("Customer", user_type="Website User").name)
	cases = [
		make_service_request(
			customer=people.customer,
			contact=contact.name,
			contact_phone="+86 10 5550 3333",
			subject="Ming called",
		).name
		for contact in (wang, li, zhao)
	]
	before = [of_case(case) for case in cases]
	erase(shared)
	assert [of_case(case) for case in cases] == [(*row[:3], None) for row in before]
	li.db_set("user", make_user("Customer", user_type="Website User").name)
	erase(shared)
	assert [of_case(case)[1] for case in cases] == ["[REDACTED]", "Li Ming", "Zhao Ming"]


def test_whoever_calls_themselves_as_a_colleague_takes_no_signature(people):
	contract = make_service_contract(customer=people.customer)
	frappe.db.set_value("Service Contract", contract.name, "signed_by", "Wang Wei")
	frappe.db.set_value("User", people.user, "full_name", "Wang Wei")
	contact = {"first_name": "Wang", "last_name": "Wei", "full_name": "Wang Wei", "modified_by": people.user}
	frappe.db.set_value("Contact", people.contact, contact, update_modified=False)
	erase(people.user)
	assert frappe.db.get_value("Service Contract", contract.name, "signed_by") == "Wang Wei"


def test_namesakes_keep_what_they_signed(people):
	elsewhere = make_customer().name
	case = make_service_request(customer=elsewhere, contact_name="Li Na", subject="Li Na called")
	hand = "data:image/png;base64,AAAA"
	visit = make_done_visit(service_request=case.name, signed_by="Li Na", signature=hand)
	engineer = make_service_engineer(engineer_name="Li Na", phone=people.phone)
	foreign, own = make_service_contract(customer=elsewhere), make_service_contract(customer=people.customer)
	for contract in (foreign, own):
		frappe.db.set_value("Service Contract", contract.name, "signed_by", "Li Na")
	before = of_case(case.name)
	erase(people.user)
	assert of_case(case.name) == before
	assert frappe.db.get_value("Engineer Visit", visit.name, ["signed_by", "signature"]) == ("Li Na", hand)
	assert frappe.db.get_value("Service Engineer", engineer.name, ["engineer_name", "phone"]) == (
		"Li Na",
		people.phone,
	)
	assert frappe.db.get_value("Service Contract", foreign.name, "signed_by") == "Li Na"
	assert frappe.db.get_value("Service Contract", own.name, "signed_by") == "[REDACTED]"


def test_an_engineers_customer_of_the_same_name_stays(people):
	engineer = make_service_engineer(engineer_name="Li Na")
	case = make_service_request(customer=people.customer, contact=people.contact, subject="Li Na called")
	frappe.db.set_value(CASE, case.name, {"engineer": engineer.name, "engineer_name": "Li Na"})
	# an agent who is somebody's namesake took it in
	frappe.db.set_value(CASE, case.name, "owner", engineer.user)
	before = of_case(case.name)
	erase(engineer.user)
	assert of_case(case.name) == before
	assert frappe.db.get_value(CASE, case.name, "engineer_name") == "[REDACTED]"


def test_a_first_name_alone_is_a_word_like_any_other(people):
	address = unique_address("service")
	contact = make_contact(people.customer, address, first_name="Service")
	contact.append("phone_nos", {"phone": "12"})
	contact.save()
	case = make_service_request(
		customer=people.customer, contact=contact.name, subject="Service on all 12 pumps"
	)
	erase(address)
	assert of_case(case.name) == ("Service on all 12 pumps", "[REDACTED]", "", None)


def test_nothing_is_erased_before_frappe_carries_it_out(people):
	"""What a client sends with a request, or saves in one, carries nothing out."""
	case = make_service_request(customer=people.customer, contact=people.contact, subject="Li Na called")
	before = of_case(case.name)
	sent = {"doctype": "Personal Data Deletion Request", "email": people.user, "anon": "z"}
	request = frappe.get_doc(sent).insert()
	assert of_case(case.name) == before
	request.db_set("status", "Pending Approval")
	frappe.get_doc({**request.as_dict(), "anon": "z", "email_regex": "z"}).save()
	request = frappe.get_doc("Personal Data Deletion Request", request.name)
	request.add_deletion_steps()
	assert "Service Engineer" in {step.document_type for step in request.deletion_steps}
	assert of_case(case.name) == before
	request.run_method(EVENT)
	assert of_case(case.name)[0] == "[REDACTED] called"


@pytest.mark.long
def test_frappes_own_request_carries_it_out(people):
	case = make_service_request(customer=people.customer, contact=people.contact, subject="Li Na called")
	request = frappe.get_doc({"doctype": "Personal Data Deletion Request", "email": people.user}).insert()
	request.db_set("status", "Pending Approval")
	request.trigger_data_deletion()
	request.reload()
	assert request.status == "Deleted"
	assert of_case(case.name) == ("[REDACTED] called", "[REDACTED]", None, None)


def test_frappe_carries_out_as_the_override_expects():
	assert isinstance(frappe.new_doc("Personal Data Deletion Request"), ServiceDeletionRequest)
	assert '"_anonymize_data"' in inspect.getsource(PersonalDataDeletionRequest.anonymize_data)
	assert "super()._anonymize_data" in inspect.getsource(ServiceDeletionRequest)
	assert "self.anonymize_data()" in inspect.getsource(PersonalDataDeletionRequest.trigger_data_deletion)


def test_who_saved_their_own_contact_is_known_by_it_though_disabled(people):
	"""Frappe disables the user before it carries out the request."""
	frappe.db.set_value("Contact", people.contact, "modified_by", people.user)
	case = make_service_request(customer=people.customer, contact=people.contact, contact_email="")
	frappe.db.set_value(CASE, case.name, "contact_email", None)
	frappe.db.set_value("User", people.user, "enabled", 0)
	erase(people.user)
	assert of_case(case.name)[1] == "[REDACTED]"


def test_the_personal_data_download_hands_out_no_requests(people):
	"""It hands out every column of every row with one's address: what staff noted, and requests of other customers."""
	case = make_service_request(customer=people.customer, contact=people.contact)
	foreign = make_service_request(customer=make_customer().name, contact_email=people.user)
	frappe.db.set_value(CASE, case.name, {"vendor_case": "V-77", "routing_reason": "Is difficult"})
	data = get_user_data(people.user)
	assert not [kept for kept in (case.name, foreign.name, "V-77", "Is difficult") if kept in data]
	engineer = make_service_engineer()
	assert engineer.name in get_user_data(engineer.user)


@pytest.mark.parametrize(
	("text", "left"),
	[
		("请联系李娜女士", "请联系[REDACTED]女士"),
		("请联系Li Na女士, na@example.com谢谢", "请联系[REDACTED]女士, [REDACTED]谢谢"),
		("Mail na@example.com.", "Mail [REDACTED]."),
		("ana@example.com, li.na@example.com, na@example.com.cn", None),
		("Li Nanjing, 010-55501234567", None),
		("Call 010-5550123, ext. 12", "Call [REDACTED], ext. 12"),
		("Li, Élise and Zoé", None),
	],
)
def test_only_whole_words_go(text, left):
	"""Chinese has no spaces between them."""
	person = personal_data.Person(
		"na@example.com",
		names=frozenset({"李娜", "Li Na", "Li", "Élise"}),
		numbers=frozenset({"010-5550123", "12"}),
	)
	assert person.erased_from(text) == (text if left is None else left)


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
	shared = {("Service Team", "email"), ("Service Mailbox", "email_id"), ("Service Request", "reply_from")}
	lines = {
		("Service Mail", "recipients")
	}  # of several people: only the person's address is taken out of it
	assert found - known == shared | lines
