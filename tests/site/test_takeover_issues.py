"""Issues that open requests, both directions; an Issue is never refused because of us (R47)."""

from __future__ import annotations

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime

from support_service.erpnext_takeover import api
from support_service.erpnext_takeover.in_step import issues, timeline
from support_service.support_service import moves
from tests import factories
from tests.site import takeover_world as world

SETTINGS = "Support Service Settings"


def switch(on: int) -> None:
	settings = frappe.get_doc(SETTINGS)
	settings.issue_opens_case = on
	settings.save()


@pytest.fixture
def switched_on(clean_transaction):
	frappe.clear_messages()
	switch(1)
	yield
	frappe.db.rollback()
	frappe.set_user("Administrator")
	switch(0)
	frappe.db.commit()


def make_linked(**values):
	issue = world.make_issue(**values)
	return issue, world.case_of("Issue", issue.name)


def in_progress(case):
	engineer = factories.make_service_engineer().name
	moves.apply_move(case.name, "assign", engineer=engineer)
	return moves.apply_move(case.name, "start")


def status_of(issue):
	return frappe.db.get_value("Issue", issue.name, "status")


def test_nothing_happens_until_it_is_switched_on(clean_transaction):
	issue = world.make_issue()
	assert not issue.service_request
	assert not frappe.db.exists("Service Request", {"source_name": issue.name})


def test_an_issue_that_is_given_the_number_of_a_deleted_one_opens_its_own_case(switched_on, monkeypatch):
	spam, case = make_linked(subject="Spam")
	told: list[str] = []
	monkeypatch.setattr(type(spam), "on_change", lambda doc: told.append(doc.name), raising=False)
	frappe.delete_doc("Issue", spam.name)
	assert set(told) == {spam.name}, "nothing is told of what stands for it"
	again, own = make_linked(customer=factories.make_customer().name)
	assert again.name == spam.name
	assert own.name != case.name and own.customer == again.customer
	assert again.reload().service_request == own.name
	assert frappe.db.get_value("Service Request", case.name, "status") == "New", "the first stays as it was"


def test_a_taken_over_issue_stays_as_it_is_where_it_is_not_switched_on(clean_transaction):
	issue = world.make_issue(customer=factories.make_customer().name)
	world.take_over("issues", customer=issue.customer)
	moves.apply_move(world.case_of("Issue", issue.name).name, "cancel", reason="Twice")
	assert status_of(issue) == "Open"


class TestFromIssue:
	def test_its_form_asks_for_the_request_whoever_opens_it(self, switched_on):
		"""Most who work with Issues have no role of ours: their form opens as before."""
		outsider = factories.make_user("Support Team").name
		agent = factories.make_user("Support Team", "Service Desk Agent").name
		issue, case = make_linked()
		frappe.set_user(outsider)
		assert api.made_of("Issue", issue.name) is None
		frappe.set_user(agent)
		assert api.made_of("Issue", issue.name)["name"] == case.name

	def test_a_new_issue_opens_a_request(self, switched_on):
		customer = factories.make_customer().name
		issue, case = make_linked(customer=customer, description="It smokes")
		assert frappe.db.get_value("Issue", issue.name, "service_request") == case.name
		assert (case.status, case.customer, case.channel, case.description) == (
			"New",
			customer,
			"ERPNext",
			"It smokes",
		)

	def test_once_however_often_it_is_saved(self, switched_on):
		issue, _case = make_linked()
		issue.reload()
		issue.subject = "Another"
		issue.save()
		issues.after_insert(issue)
		assert frappe.db.count("Service Request", {"source_name": issue.name}) == 1

	def test_customer_and_contact_are_carried_along(self, switched_on):
		issue, case = make_linked()
		customer = factories.make_customer().name
		contact = frappe.get_doc({"doctype": "Contact", "first_name": "Li"}).insert()
		issue.reload()
		issue.update({"customer": customer, "contact": contact.name})
		issue.save()
		case.reload()
		assert (case.customer, case.contact) == (customer, contact.name)

	def test_an_unconfirmed_contact_does_not_say_whose_request_it_is(self, switched_on):
		"""ERPNext takes the customer from any Contact with the sender's address; everybody can make one."""
		customer, stranger = (
			factories.make_customer().name,
			factories.make_user(user_type="Website User").name,
		)
		contact = factories.make_contact(customer, stranger)
		_issue, case = make_linked(raised_by=stranger)
		assert (case.customer, case.contact) == (customer, contact.name)
		frappe.db.set_value("Contact", contact.name, "owner", stranger)
		issue, case = make_linked(raised_by=stranger)
		assert issue.customer == customer and not case.customer and not case.contact

	def test_a_website_user_raises_issues_for_their_own_customer_only(self, switched_on):
		own, foreign = factories.make_customer().name, factories.make_customer().name
		user = factories.make_customer_user(own).name
		frappe.set_user(user)
		cases = [make_linked(customer=customer)[1] for customer in (own, foreign)]
		frappe.set_user("Administrator")
		assert [case.customer for case in cases] == [own, None]

	def test_a_copy_gets_a_request_of_its_own(self, switched_on):
		issue, case = make_linked()
		issue.reload()
		twin = frappe.get_doc({**issue.as_dict(), "name": None, "doctype": "Issue"}).insert()
		assert world.case_of("Issue", twin.name).name != case.name
		assert frappe.db.get_value("Issue", twin.name, "service_request") != case.name

	def test_whoever_has_no_right_to_requests_may_raise_an_issue_all_the_same(self, switched_on):
		user = factories.make_user("Support Team").name
		frappe.set_user(user)
		issue = world.make_issue()
		frappe.set_user("Administrator")
		assert world.case_of("Issue", issue.name).owner == user

	def test_an_issue_is_never_refused_and_its_request_is_opened_later(self, switched_on):
		channel = "ERPNext"
		frappe.db.delete("Service Channel", channel)
		issue = world.make_issue()
		assert frappe.db.exists("Issue", issue.name)
		assert not issue.service_request and not frappe.local.message_log
		factories.make_service_channel(channel)
		assert issues.open_missing() == 0, "it has just failed"
		due_now = {"reference_doctype": "Issue", "reference_name": issue.name}
		frappe.db.set_value("Postponed Work", due_now, "next_try", now_datetime())
		assert issues.open_missing() == 1
		assert world.case_of("Issue", issue.name).status == "New"
		assert issues.open_missing() == 0

	def test_issues_of_before_the_switch_are_left_to_the_takeover(self, switched_on):
		old = world.make_issue()
		frappe.db.delete("Service Request", {"source_name": old.name})
		old.db_set({"service_request": None, "creation": add_to_date(now_datetime(), days=-3)})
		assert issues.open_missing() == 0


class TestFromRequest:
	def test_each_step_of_the_request_shows_on_the_issue(self, switched_on):
		issue, case = make_linked(customer=factories.make_customer().name)
		case = in_progress(case)
		assert status_of(issue) == "Open"
		moves.apply_move(case.name, "wait_for_parts", reason="Fan ordered")
		assert status_of(issue) == "On Hold"
		case = moves.apply_move(case.name, "resume")
		assert status_of(issue) == "Open"
		values = {"cause": "Worn", "solution": "New fan", "resolution": "Fan replaced"}
		moves.apply_move(case.name, "resolve", values=values)
		assert status_of(issue) == "Resolved"
		moves.apply_move(case.name, "close_unanswered", reason="No answer")
		assert status_of(issue) == "Closed"

	def test_a_reply_stays_a_reply(self, switched_on):
		issue, case = make_linked(customer=factories.make_customer().name)
		issue.db_set("status", "Replied")
		in_progress(case)
		assert status_of(issue) == "Replied"

	def test_no_circle(self, switched_on):
		issue, case = make_linked(customer=factories.make_customer().name)
		before = frappe.db.count("Service Request Move", {"request": case.name})
		moves.apply_move(case.name, "cancel", reason="Twice")
		assert status_of(issue) == "Closed"
		assert frappe.db.count("Service Request Move", {"request": case.name}) == before + 1

	def test_a_request_is_never_refused_because_of_its_issue(self, switched_on):
		issue, case = make_linked(customer=factories.make_customer().name)
		frappe.db.set_value("Issue", issue.name, "customer", "nobody at all")
		moved = moves.apply_move(case.name, "cancel", reason="Twice")
		assert moved.status == "Cancelled"
		told = {"reference_doctype": case.doctype, "reference_name": case.name}
		assert frappe.db.exists("Error Log", told) and frappe.db.exists("Postponed Work", told)

	def test_mails_of_the_issue_show_in_the_request_for_whoever_may_read_it(self, switched_on):
		issue, case = make_linked()
		frappe.get_doc(
			{
				"doctype": "Communication",
				"communication_type": "Communication",
				"subject": "Smoke <b>again</b>",
				"content": "<p>Help <script>alert(1)</script></p>",
				"sender": "li@example.com",
				"reference_doctype": "Issue",
				"reference_name": issue.name,
			}
		).insert()
		[card] = timeline.mails_of_issue("Service Request", case.name)
		assert "Help" in card["content"] and "<script" not in card["content"] and "<b>" not in card["content"]
		frappe.set_user(factories.make_user("Service Desk Agent").name)
		assert timeline.mails_of_issue("Service Request", case.name) == []


@pytest.mark.parametrize("make", [world.make_issue, world.make_warranty_claim])
def test_what_was_taken_over_may_be_deleted_as_before(clean_transaction, make):
	doc = make(customer=factories.make_customer().name)
	world.take_over("issues", "warranty_claims", customer=doc.customer)
	case = world.case_of(doc.doctype, doc.name)
	frappe.delete_doc(doc.doctype, doc.name)
	case.reload()
	assert case.source_name is None
	assert case.source_key.startswith(f"{doc.doctype}|{doc.name} (deleted "), (
		"the next of that number is another"
	)
