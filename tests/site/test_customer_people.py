"""To whom a mail is an answer, and to whom a link goes that answers for the customer."""

from types import SimpleNamespace
from typing import Any

import frappe
import pytest
from frappe.core.doctype.communication.email import make

from support_service.customer_portal import api as portal_api
from support_service.service_charging.decision import acceptance
from support_service.service_feedback import surveys
from support_service.service_feedback.api import answer_by_phone
from support_service.support_service import api
from support_service.support_service.messaging import customer_people, held_messages, messages, notify
from support_service.support_service.moves import apply_move
from tests import factories
from tests.factories import make_contact, make_customer, make_customer_user, make_user


@pytest.fixture
def world() -> SimpleNamespace:
	"""A case of a customer with a contact, its engineer and lead, and an agent."""
	customer = make_customer().name
	found = SimpleNamespace(customer=customer, address=f"{frappe.generate_hash(length=8)}@customer.example")
	found.contact = make_contact(customer, found.address).name
	found.engineer = factories.make_service_engineer()
	found.lead = frappe.db.get_value("Service Team", found.engineer.team, "lead")
	found.agent = make_user("Service Desk Agent").name
	frappe.set_user(found.agent)
	found.case = factories.make_service_request(customer=customer, team=found.engineer.team).name
	frappe.set_user("Administrator")
	return found


def case_of(world: SimpleNamespace) -> Any:
	return frappe.get_doc("Service Request", world.case)


def mail(world: SimpleNamespace, to: str, *, by: str | None = None, **more: Any) -> None:
	"""What the desk's mail dialog does, without sending."""
	frappe.set_user(by or world.agent)
	values = {
		"doctype": "Service Request",
		"name": world.case,
		"recipients": to,
		"subject": "s",
		"content": "c",
	}
	make(**{**values, **more})
	frappe.set_user("Administrator")


def answered(world: SimpleNamespace) -> bool:
	return bool(frappe.db.get_value("Service Request", world.case, "first_response_on"))


class TestFirstResponse:
	def test_a_mail_to_a_colleague_is_none(self, world):
		mail(world, world.engineer.user)
		mail(world, "supplier@vendor.example")
		assert not answered(world)

	@pytest.mark.parametrize("written", ["{}", "Li Na <{}>", "LI Na <{}>, boss@example.com"])
	def test_a_mail_to_a_contact_of_the_customer_is_one(self, world, written):
		mail(world, written.format(world.address.upper()))
		assert answered(world)

	@pytest.mark.parametrize("line", ["cc", "bcc"])
	def test_in_copy_too(self, world, line):
		mail(world, "supplier@vendor.example", **{line: world.address})
		assert answered(world)

	def test_a_portal_user_and_the_address_of_the_case_count(self, world):
		user = make_customer_user(world.customer).name
		assert user in customer_people.speakers(case_of(world))
		frappe.db.set_value("Service Request", world.case, "contact_email", "caller@customer.example")
		mail(world, "caller@customer.example")
		assert answered(world)

	def test_whoever_wrote_in_counts(self, world):
		factories.insert(
			"Communication",
			{
				"communication_type": "Communication",
				"communication_medium": "Email",
				"sent_or_received": "Received",
				"sender": "Writer <writer@elsewhere.example>",
				"subject": "Broken",
				"reference_doctype": "Service Request",
				"reference_name": world.case,
			},
			{},
		)
		mail(world, "writer@elsewhere.example")
		assert answered(world)

	def test_a_colleague_named_as_the_address_of_the_case_does_not(self, world):
		frappe.db.set_value("Service Request", world.case, "contact_email", world.engineer.user)
		mail(world, world.engineer.user)
		assert not answered(world)

	def test_an_automatic_message_is_none(self, world):
		mail(world, world.address, communication_type="Automated Message")
		assert not answered(world)

	def test_what_a_job_sends_is_none(self, world):
		frappe.local.job = frappe._dict(method="auto_repeat")
		try:
			mail(world, world.address)
		finally:
			del frappe.local.job
		assert not answered(world)

	def test_a_note_and_a_contact_made_by_a_website_user_do_not_count(self, world):
		frappe.get_doc("Service Request", world.case).add_comment("Comment", "We look into it")
		stranger = make_user(user_type="Website User").name
		forged = make_contact(world.customer, stranger).name
		frappe.db.set_value("Contact", forged, {"owner": stranger, "modified_by": stranger})
		mail(world, stranger)
		assert not answered(world)

	def test_an_answer_that_also_sets_waiting_counts(self, world):
		"""Answer and a pause in one go lost the first response elsewhere (zammad/zammad#3551)."""
		apply_move(world.case, "assign", engineer=world.engineer.name)
		apply_move(world.case, "start")
		frappe.db.set_value("Service Request", world.case, "first_response_on", None)
		mail(world, world.address)
		apply_move(world.case, "wait_for_customer", reason="Which model?")
		assert answered(world)


def resolve(world: SimpleNamespace, by: str | None = None) -> None:
	frappe.set_user("Administrator")
	if case_of(world).status == "New":
		apply_move(world.case, "assign", engineer=world.engineer.name)
	frappe.set_user(by or world.engineer.user)
	apply_move(world.case, "start")
	apply_move(
		world.case, "resolve", values={"solution": "x", "resolution": "x", "cause": "x", "prevention": "x"}
	)
	frappe.set_user("Administrator")


def test_a_pdf_to_a_supplier_does_not_deliver_the_report(world):
	resolve(world)
	for address, delivered in (("supplier@vendor.example", False), (world.address, True)):
		mail(world, address, has_attachment=1, attachments="[]")
		sent = frappe.get_last_doc(
			"Communication", {"reference_name": world.case, "sent_or_received": "Sent"}
		)
		if not sent.has_attachment:
			sent.has_attachment = 1
			frappe.set_user(world.agent)
			from support_service.support_service import promises

			promises.after_insert_communication(sent)
			frappe.set_user("Administrator")
		assert bool(case_of(world).report_delivered_on) is delivered, address


def link_of(world: SimpleNamespace) -> Any:
	survey = surveys.open_survey_of(world.case)
	return frappe.get_doc("Service Message", {"message_key": f"survey:{survey}"})


class TestTheLink:
	@pytest.fixture(autouse=True)
	def assigned(self, world):
		apply_move(world.case, "assign", engineer=world.engineer.name)

	def enter(self, world: SimpleNamespace, address: str, by: str) -> None:
		frappe.set_user(by)
		case = case_of(world)
		case.contact_email = address
		case.save()
		frappe.set_user("Administrator")

	def test_to_a_known_contact_it_goes_at_once_whoever_chose_it(self, world):
		self.enter(world, world.address, world.engineer.user)
		resolve(world)
		assert (link_of(world).status, link_of(world).recipient) == ("Queued", world.address)

	def test_to_an_address_the_agent_was_told_it_goes_at_once(self, world):
		self.enter(world, "told@customer.example", world.agent)
		resolve(world)
		assert link_of(world).status == "Queued"

	def test_to_an_address_the_solver_typed_it_waits_until_a_colleague_confirms(self, world):
		self.enter(world, "mine@private.example", world.engineer.user)
		resolve(world)
		message = link_of(world)
		assert message.status == "Waiting for Confirmation" and "mine@private.example" in message.error
		assert frappe.db.exists("Notification Log", {"for_user": world.lead, "document_name": world.case})
		notify.notify_due(5000)
		assert link_of(world).status == "Waiting for Confirmation"

		for user in (world.engineer.user, make_user("Service Engineer").name):
			frappe.set_user(user)
			with pytest.raises(frappe.PermissionError):
				api.confirm_address(world.case)
		frappe.set_user(world.lead)
		assert api.address_state(world.case)["may_confirm"]
		api.confirm_address(world.case)
		frappe.set_user("Administrator")
		assert link_of(world).status == "Queued"
		assert case_of(world).contact_email_confirmed_by == world.lead

	def test_who_confirms_is_not_the_one_who_entered_it_nor_the_one_who_solved(self, world):
		both = make_user("Service Engineer", "Service Manager").name
		self.enter(world, "mine@private.example", both)
		resolve(world, by=both)
		frappe.set_user(both)
		assert not api.address_state(world.case)["may_confirm"]
		with pytest.raises(customer_people.AddressNotConfirmedError):
			api.confirm_address(world.case)

	def test_another_address_takes_the_confirmation_back(self, world):
		self.enter(world, "first@private.example", world.engineer.user)
		frappe.set_user(world.lead)
		api.confirm_address(world.case)
		self.enter(world, "second@private.example", world.engineer.user)
		assert case_of(world).contact_email_confirmed_by is None
		resolve(world)
		assert link_of(world).status == "Waiting for Confirmation"
		self.enter(world, world.address, world.agent)
		assert (link_of(world).status, link_of(world).recipient) == ("Queued", world.address)

	def test_who_stands_for_the_address_cannot_be_written_by_hand(self, world):
		frappe.set_user(world.engineer.user)
		case = case_of(world)
		case.contact_email = "mine@private.example"
		case.contact_email_by = world.agent
		case.contact_email_confirmed_by = world.lead
		case.save()
		assert case.contact_email_by == world.engineer.user and not case.contact_email_confirmed_by

	def test_a_contact_the_solver_made_for_it_does_not_help(self, world):
		frappe.set_user(world.engineer.user)
		frappe.get_doc(
			{
				"doctype": "Contact",
				"first_name": "Me",
				"email_ids": [{"email_id": "mine@private.example", "is_primary": 1}],
				"links": [{"link_doctype": "Customer", "link_name": world.customer}],
			}
		).insert()
		self.enter(world, "mine@private.example", world.engineer.user)
		resolve(world)
		assert link_of(world).status == "Waiting for Confirmation"

	def test_a_colleagues_address_is_never_the_customers(self, world):
		self.enter(world, world.engineer.user, world.agent)
		resolve(world)
		assert "colleague" in link_of(world).error
		frappe.set_user(world.lead)
		with pytest.raises(customer_people.AddressNotConfirmedError):
			api.confirm_address(world.case)

	def test_a_new_contact_lets_it_go_within_the_hour(self, world):
		self.enter(world, "new@customer.example", world.engineer.user)
		resolve(world)
		make_contact(world.customer, "new@customer.example")
		held_messages.look_again(5000)
		assert link_of(world).status == "Waiting for Confirmation", "not before its time"
		frappe.db.set_value("Service Message", link_of(world).name, "due_at", frappe.utils.now_datetime())
		held_messages.look_again(5000)
		assert link_of(world).status == "Queued"

	def test_who_writes_in_from_another_mailbox_does_not_make_it_the_customers(self, world):
		factories.insert(
			"Communication",
			{
				"communication_type": "Communication",
				"communication_medium": "Email",
				"sent_or_received": "Received",
				"sender": "mine@private.example",
				"subject": "Re",
				"reference_doctype": "Service Request",
				"reference_name": world.case,
			},
			{},
		)
		self.enter(world, "mine@private.example", world.engineer.user)
		resolve(world)
		assert link_of(world).status == "Waiting for Confirmation"

	def test_it_never_goes_to_who_works_on_it_though_they_are_a_portal_user(self, world):
		factories.give_portal_access(world.customer, world.engineer.user)
		self.enter(world, world.engineer.user, world.agent)
		resolve(world)
		assert link_of(world).status == "Waiting for Confirmation"
		frappe.set_user(world.lead)
		with pytest.raises(customer_people.AddressNotConfirmedError):
			api.confirm_address(world.case)

	def test_who_visits_works_on_it(self, world):
		visitor = factories.make_service_engineer()
		factories.make_engineer_visit(service_request=world.case, engineer=visitor.name)
		assert visitor.user in customer_people.workers(case_of(world))

	def test_a_reminder_does_not_end_a_link_that_still_waits(self, world):
		self.enter(world, "mine@private.example", world.engineer.user)
		resolve(world)
		survey = surveys.open_survey_of(world.case)
		before = frappe.db.get_value("Service Survey", survey, "token_hash")
		surveys._remind_one(survey)
		assert frappe.db.get_value("Service Survey", survey, "token_hash") == before

	def test_the_same_for_what_a_charge_is_accepted_with(self, world):
		self.enter(world, "mine@private.example", world.engineer.user)
		resolve(world)
		name = messages.queue(
			case_of(world), subject="s", body=messages.SECRET_MARK, key=f"charge:{world.case}", secret="link"
		)
		assert frappe.db.get_value("Service Message", name, "status") == "Waiting for Confirmation"
		plain = messages.queue(case_of(world), subject="s", body="b", key=f"plain:{world.case}")
		assert frappe.db.get_value("Service Message", plain, "status") == "Queued"


class TestNobodyAnswersForTheirOwnWork:
	"""A technician who opened, solved and rated (glpi-project/glpi#474, #340), or changed the score (#4454)."""

	@pytest.fixture(autouse=True)
	def resolved(self, world):
		resolve(world)

	def test_not_as_portal_user_of_the_customer(self, world):
		factories.give_portal_access(world.customer, world.engineer.user)
		frappe.get_doc("User", world.engineer.user).add_roles("Customer")
		frappe.set_user(world.engineer.user)
		with pytest.raises(frappe.PermissionError):
			portal_api.answer_survey(world.case, satisfied=True, score=5)

	@pytest.mark.parametrize("who", ["engineer", "agent"])
	def test_not_behind_the_link_while_logged_in_to_the_desk(self, world, who):
		survey = surveys.open_survey_of(world.case)
		frappe.db.set_value("Service Survey", survey, "token_hash", surveys.fingerprint("token"))
		frappe.set_user(world.engineer.user if who == "engineer" else world.agent)
		with pytest.raises(frappe.PermissionError):
			portal_api.answer_survey_link("token", satisfied=True, score=5)
		frappe.set_user("Guest")
		assert portal_api.answer_survey_link("token", satisfied=True, score=5) == {"recorded": True}

	def test_not_on_the_phone_by_somebody_who_worked_on_it_before(self, world):
		both = make_user("Service Engineer", "After-Sales Lead").name
		row = frappe.get_last_doc("Service Request Move", {"request": world.case, "action": "start"})
		frappe.db.set_value("Service Request Move", row.name, "moved_by", both)
		frappe.set_user(both)
		survey = surveys.open_survey_of(world.case)
		with pytest.raises(frappe.PermissionError):
			answer_by_phone(survey, satisfied=True, answered_by="Li", score=5)
		frappe.set_user(world.agent)
		assert answer_by_phone(survey, satisfied=True, answered_by="Li", score=3) == world.case

	def test_an_answer_given_stays(self, world):
		survey = surveys.open_survey_of(world.case)
		user = make_customer_user(world.customer).name
		frappe.set_user(user)
		portal_api.answer_survey(world.case, satisfied=True, score=3)
		frappe.set_user("Administrator")
		for values in ({"score": 5}, {"comment": "great"}):
			doc = frappe.get_doc("Service Survey", survey)
			doc.update(values)
			with pytest.raises(frappe.ValidationError):
				doc.save()
		with pytest.raises(surveys.SurveyAnsweredError):
			surveys.answer(survey, satisfied=True, score=5, via="Phone", by="x")

	def test_not_behind_the_link_of_a_charge(self, world):
		assert acceptance.find_by_token("no such token") is None
		for user in (world.engineer.user, world.agent):
			frappe.set_user(user)
			with pytest.raises(frappe.PermissionError):
				customer_people.refuse_own_answer(case_of(world))
		frappe.set_user(make_customer_user(world.customer).name)
		customer_people.refuse_own_answer(case_of(world))


class TestWhatCouldNotBeTold:
	"""A mail server that is down: no retry, no list, no way to send again elsewhere (zammad/zammad#1239)."""

	def test_an_outage_of_two_days_loses_nothing(self, world, monkeypatch):
		from support_service.support_service.messaging import notices

		real = notices.notify_of

		def down(move, case):
			if case.name == world.case:
				raise ConnectionError("the mail server is down")
			return real(move, case)

		monkeypatch.setattr(notices, "notify_of", down)
		frappe.db.commit()
		move = frappe.get_last_doc("Service Request Move", {"request": world.case}).name
		waited, attempts = 0.0, 0
		while waited < 48 * 60:
			notify.notify_due(5000)
			row = frappe.db.get_value(
				"Service Request Move",
				move,
				["told", "tell_attempts", "tell_after", "tell_error"],
				as_dict=True,
			)
			attempts += 1
			assert (row.told, row.tell_attempts, row.tell_error) == (0, attempts, "the mail server is down")
			waited += (row.tell_after - frappe.utils.now_datetime()).total_seconds() / 60
			frappe.db.set_value("Service Request Move", move, "tell_after", frappe.utils.now_datetime())
			frappe.db.commit()
		assert 8 < attempts < 30
		monkeypatch.setattr(notices, "notify_of", real)
		notify.notify_due(5000)
		assert frappe.db.get_value("Service Request Move", move, "told") == 1

	def test_it_is_not_tried_before_its_time_and_can_be_asked_for(self, world, monkeypatch):
		move = frappe.get_last_doc("Service Request Move", {"request": world.case}).name
		given_up = {"tell_attempts": 92, "tell_error": "down", "tell_after": frappe.utils.now_datetime()}
		frappe.db.set_value("Service Request Move", move, given_up)
		frappe.db.commit()
		notify.notify_due(5000)
		assert frappe.db.get_value("Service Request Move", move, "told") == 0
		frappe.set_user(world.agent)
		(shown,) = (row for row in api.movements(world.case) if row.tell_attempts)
		assert shown.tell_error == "down"
		assert api.notify_again(world.case) == 1
		frappe.set_user("Administrator")
		notify.notify_due(5000)
		assert frappe.db.get_value("Service Request Move", move, "told") == 1

	def test_steps_of_the_ladder_are_tried_again_with_them(self, world):
		clock = frappe.get_doc(
			{"doctype": "Service Clock", "request": world.case, "kind": "x", "state": "Running"}
		)
		clock.name = f"clock {world.case}"
		clock.db_insert()
		entry = frappe.get_doc({"doctype": "Service Clock Entry", "clock": clock.name, "request": world.case})
		entry.update({"name": f"entry {world.case}", "told": 0, "tell_attempts": 92})
		entry.db_insert()
		frappe.set_user(world.agent)
		api.notify_again(world.case)
		frappe.set_user("Administrator")
		assert frappe.db.get_value("Service Clock Entry", entry.name, "tell_attempts") == 0

	def test_failed_messages_are_sent_again_together(self, world):
		frappe.db.set_value("Service Request", world.case, "contact_email", world.address)
		names = [
			messages.queue(case_of(world), subject="s", body="b", key=f"many:{world.case}:{number}")
			for number in range(3)
		]
		for name in names[:2]:
			frappe.db.set_value("Service Message", name, {"status": "Failed", "attempts": 92})
		frappe.set_user(world.agent)
		assert api.send_many_again(names) == 2
		assert {frappe.db.get_value("Service Message", name, "status") for name in names} == {"Queued"}
