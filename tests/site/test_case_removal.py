"""Spam and tests can be deleted with what hangs on them; a case on which something happened says why it stays."""

from __future__ import annotations

import json
from types import SimpleNamespace

import frappe
import pytest
from frappe.desk import reportview
from frappe.model.rename_doc import get_link_fields
from frappe.utils import add_to_date, now_datetime

from support_service.foundation import let_go
from support_service.support_service import moves, removal
from support_service.support_service.removal import CaseHasHistoryError
from tests.connections import second_connection
from tests.factories import (
	make_customer,
	make_done_visit,
	make_engineer_visit,
	make_installed_unit,
	make_service_contract,
	make_service_engineer,
	make_service_level_policy,
	make_service_request,
	make_service_team,
	make_supplier_claim,
	make_user,
)

CASE = "Service Request"


def removed() -> dict[str, str]:
	"""DocType → its field with the case."""
	return {kind.doctype: kind.field for kind in removal.hanging()}


@pytest.fixture
def spam(clean_transaction) -> SimpleNamespace:
	"""A case with everything the app makes by itself: promises, movements, a message, a decision, a mail and files."""
	lead = make_user("After-Sales Lead").name
	team = make_service_team(lead=lead)
	customer = make_customer().name
	make_service_level_policy(customer=customer)
	unit = make_installed_unit(customer=customer)
	case = make_service_request(
		customer=customer, installed_unit=unit.name, team=team.name, contact_email="spammer@example.com"
	)
	mail = frappe.get_doc(
		{
			"doctype": "Communication",
			"communication_type": "Communication",
			"sent_or_received": "Received",
			"sender": "spammer@example.com",
			"subject": "Buy now",
			"content": "Cheap boards",
			"communication_date": add_to_date(case.creation, minutes=-2),  # it opened the case
			"reference_doctype": CASE,
			"reference_name": case.name,
		}
	).insert(ignore_permissions=True)
	for doctype, name in ((CASE, case.name), ("Communication", mail.name)):
		frappe.get_doc(
			{
				"doctype": "File",
				"file_name": f"{frappe.generate_hash(length=8)}.txt",
				"content": frappe.generate_hash(),
				"attached_to_doctype": doctype,
				"attached_to_name": name,
				"is_private": 1,
			}
		).insert(ignore_permissions=True)
	from support_service.support_service.messaging import messages

	messages.queue(case, subject="Received", body="Thank you", key=f"test:{case.name}")
	queued = frappe.get_doc(
		{
			"doctype": "Email Queue",
			"sender": "service@example.com",
			"recipients": [{"recipient": "spammer@example.com"}],
			"message": "Thank you",
			"reference_doctype": CASE,
			"reference_name": case.name,
		}
	).insert(ignore_permissions=True)
	frappe.get_doc(
		{"doctype": "ToDo", "reference_type": CASE, "reference_name": case.name, "description": "Look"}
	).insert(ignore_permissions=True)
	return SimpleNamespace(
		case=case, lead=lead, team=team, customer=customer, unit=unit, mail=mail.name, queued=queued.name
	)


def left_of(spam: SimpleNamespace) -> dict[str, int]:
	"""How many rows still speak of the case, by DocType; those without any are left out."""
	name = spam.case.name
	counts = {doctype: frappe.db.count(doctype, {field: name}) for doctype, field in removed().items()}
	about = {"reference_doctype": CASE, "reference_name": name}
	counts |= {doctype: frappe.db.count(doctype, about) for doctype in ("Communication", "Comment")}
	counts["ToDo"] = frappe.db.count("ToDo", {"reference_type": CASE, "reference_name": name})
	counts["Email Queue"] = frappe.db.count("Email Queue", about)
	counts["Email Queue Recipient"] = frappe.db.count("Email Queue Recipient", {"parent": spam.queued})
	counts["File"] = frappe.db.count("File", {"attached_to_name": ("in", [name, spam.mail])})
	counts[CASE] = frappe.db.count(CASE, {"name": name})
	return {doctype: count for doctype, count in counts.items() if count}


class TestSpam:
	def test_a_lead_deletes_it_with_what_hangs_on_it(self, spam):
		before = left_of(spam)
		assert {
			"Service Clock",
			"Service Request Move",
			"Service Message",
			"Communication",
			"File",
			"ToDo",
			"Email Queue Recipient",
		} <= set(before)
		frappe.set_user(spam.lead)
		frappe.delete_doc(CASE, spam.case.name)
		assert left_of(spam) == {}

	def test_what_somebody_is_told_meanwhile_goes_too(self, spam):
		"""A job tells the customer of a step while the case is being deleted, which does not read it any more."""
		frappe.db.commit()
		assert left_of(spam)["Service Message"]  # from here on this transaction reads what was there now
		told = (frappe.generate_hash(length=10), "Queued", spam.case.name, frappe.generate_hash())
		with second_connection() as job:
			job.sql(
				"insert into `tabService Message` (name, status, request, message_key) values (%s, %s, %s, %s)",
				told,
			)
			job.commit()
		frappe.delete_doc(CASE, spam.case.name)
		frappe.db.commit()
		assert left_of(spam) == {}

	def test_it_may_have_been_assigned_and_cancelled(self, spam):
		moves.apply_move(
			spam.case.name, "assign", engineer=make_service_engineer(team=spam.team.name).name, by_app=True
		)
		moves.apply_move(
			spam.case.name,
			"reassign",
			engineer=make_service_engineer(team=spam.team.name).name,
			reason="a test",
			by_app=True,
		)
		moves.apply_move(spam.case.name, "cancel", reason="a test", by_app=True)
		frappe.set_user(spam.lead)
		frappe.delete_doc(CASE, spam.case.name)
		assert left_of(spam) == {}

	def test_found_late_it_is_called_off_first(self, spam):
		promise_overdue(spam)
		frappe.set_user(spam.lead)
		with pytest.raises(removal.CaseHasHistoryError, match=r"not kept.*Cancel it"):
			frappe.delete_doc(CASE, spam.case.name)
		moves.apply_move(spam.case.name, "cancel", reason="spam")
		frappe.delete_doc(CASE, spam.case.name)
		assert not frappe.db.exists("Service Clock", {"request": spam.case.name})

	def test_whoever_knows_its_number_may_have_written(self, spam):
		complained(spam, sender="another.spammer@example.com")
		frappe.set_user(spam.lead)
		frappe.delete_doc(CASE, spam.case.name)
		assert left_of(spam) == {}

	def test_its_number_is_not_given_again(self, spam):
		last = make_service_request(customer=spam.customer).name
		frappe.delete_doc(CASE, last)
		assert make_service_request(customer=spam.customer).name > last

	def test_a_history_taken_in_by_mistake_can_be_deleted(self, spam):
		case = make_service_request(
			customer=spam.customer,
			imported=1,
			status="Closed",
			raised_on="2021-03-01 08:00:00",
			resolved_on="2021-03-02 08:00:00",
			first_response_on="2021-03-01 09:00:00",
		)
		frappe.delete_doc(CASE, case.name)
		assert not frappe.db.exists("Service Request Move", {"request": case.name})

	@pytest.mark.parametrize("role", ["Service Desk Agent", "Service Engineer"])
	def test_nobody_else_deletes(self, spam, role):
		frappe.set_user(make_user(role).name)
		with pytest.raises(frappe.PermissionError):
			frappe.delete_doc(CASE, spam.case.name)

	def test_a_lead_of_another_department_does_not(self, spam):
		other = make_service_team(department_queue="Technical Support").lead
		frappe.set_user(other)
		with pytest.raises(frappe.PermissionError):
			frappe.delete_doc(CASE, spam.case.name)

	def test_bulk_delete_of_the_list_deletes_one_and_names_the_other(self, spam):
		busy = make_service_request(customer=spam.customer, team=spam.team.name)
		make_engineer_visit(service_request=busy.name)
		frappe.db.commit()  # the list rolls back what it could not delete
		frappe.set_user(spam.lead)
		frappe.clear_messages()
		frappe.local.form_dict = frappe._dict(
			doctype=CASE,
			items=json.dumps([spam.case.name, busy.name]),
			cmd="frappe.desk.reportview.delete_items",
		)
		reportview.delete_items()
		said = " ".join(str(message) for message in frappe.local.message_log)
		assert "Engineer Visit" in said
		assert left_of(spam) == {}
		assert frappe.db.exists(CASE, busy.name)


def visit(spam):
	make_engineer_visit(service_request=spam.case.name)


def done_visit(spam):
	make_done_visit(service_request=spam.case.name).submit()


def answered(spam):
	moves.apply_move(spam.case.name, "acknowledge", by_app=True)


def mail_sent(spam):
	frappe.get_doc(
		{
			"doctype": "Communication",
			"communication_type": "Communication",
			"sent_or_received": "Sent",
			"subject": "Re: Buy now",
			"content": "No",
			"reference_doctype": CASE,
			"reference_name": spam.case.name,
		}
	).insert(ignore_permissions=True)


def resolved(spam):
	engineer = make_service_engineer(team=spam.team.name).name
	moves.apply_move(spam.case.name, "assign", engineer=engineer, by_app=True)
	moves.apply_move(spam.case.name, "start", by_app=True)
	result = {"solution": "x", "resolution": "y", "cause": "z"}
	moves.apply_move(spam.case.name, "resolve", values=result, by_app=True)


def started(spam):
	engineer = make_service_engineer(team=spam.team.name).name
	moves.apply_move(spam.case.name, "assign", engineer=engineer, by_app=True)
	moves.apply_move(spam.case.name, "start", by_app=True)
	frappe.db.delete("ToDo", {"reference_name": spam.case.name})


def waited(spam):
	started(spam)
	moves.apply_move(spam.case.name, "wait_for_parts", reason="A fan", by_app=True)
	moves.apply_move(spam.case.name, "resume", by_app=True)
	moves.apply_move(spam.case.name, "cancel", reason="a test", by_app=True)


def solution_written(spam):
	spam.case.reload()
	spam.case.solution = "<div><p>Replace the fan</p></div>"
	spam.case.save()


def complained(spam, sender="Li Na <spammer@example.com>"):
	"""One of the customer's people, when the case was there already."""
	frappe.get_doc(
		{
			"doctype": "Communication",
			"communication_type": "Communication",
			"sent_or_received": "Received",
			"sender": sender,
			"subject": "Still waiting",
			"content": "When do you come?",
			"reference_doctype": CASE,
			"reference_name": spam.case.name,
			"communication_date": add_to_date(spam.case.creation, minutes=2),
		}
	).insert(ignore_permissions=True)


def promise_overdue(spam):
	"""As the sweep writes it."""
	clock = frappe.db.get_value("Service Clock", {"request": spam.case.name})
	frappe.db.set_value("Service Clock", clock, "state", "Overdue")


def promise_missed(spam):
	clock = frappe.db.get_value("Service Clock", {"request": spam.case.name})
	frappe.db.set_value("Service Clock", clock, "state", "Missed")


def claim(spam):
	make_supplier_claim(service_request=spam.case.name)


def contract_use(spam):
	from support_service.service_coverage.contract import uses as contract_uses

	contract = make_service_contract(customer=spam.customer)
	contract_uses.use(
		contract.name,
		"Visits",
		1,
		on=now_datetime().date(),
		key=frappe.generate_hash(),
		reference=(CASE, spam.case.name),
		service_request=spam.case.name,
	)


HAPPENINGS = (
	visit,
	done_visit,
	answered,
	mail_sent,
	started,
	waited,
	solution_written,
	complained,
	promise_overdue,
	promise_missed,
	resolved,
	claim,
	contract_use,
)


@pytest.mark.parametrize("happen", HAPPENINGS, ids=lambda happen: happen.__name__)
def test_what_happened_keeps_the_case_and_is_named(spam, happen):
	happen(spam)
	frappe.set_user(spam.lead)
	with pytest.raises(CaseHasHistoryError) as refused:
		frappe.delete_doc(CASE, spam.case.name)
	assert spam.case.name in str(refused.value)
	assert frappe.db.exists("Service Request Move", {"request": spam.case.name})


def test_every_link_to_a_case_is_removed_with_it_or_keeps_it():
	"""A new DocType that names a case keeps it, unless it is listed among what the app makes by itself."""
	ours = {field.parent for field in let_go.link_fields() if field.options == CASE}
	assert set(removed()) <= ours
	known = {
		*removed(),
		"Engineer Visit",
		"Supplier Claim",
		"Service Contract Use",
		"Part Need",
		"Part Reservation",
		"Removed Part",
		CASE,  # opened by an answer long after this one was over
	}
	assert ours == known
	assert {link["parent"] for link in get_link_fields(CASE)} >= ours
