"""Chat on the portal: one takes it, each message once, nobody there is said at once, and nothing said is ever lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import frappe
import pytest
from frappe.utils import now_datetime

from support_service.customer_portal import api as portal
from support_service.customer_portal import chat_api as customer_api
from support_service.customer_portal import messages as portal_messages
from support_service.customer_portal import pages
from support_service.foundation import instants, rate_limits
from support_service.service_intake import channels
from support_service.service_intake.chat import api, presence, rules, sweep, talk
from support_service.support_service import moves
from tests.factories import (
	make_customer,
	make_customer_user,
	make_installed_unit,
	make_service_engineer,
	make_service_request,
	make_service_team,
	make_user,
)
from tests.portal_client import forget_rate_limits
from tests.site.test_call_backs import closed_calendar

CHAT, ROW, CASE = "Service Chat", "Service Chat Message", "Service Request"


def key() -> str:
	return frappe.generate_hash(length=32)


@contextmanager
def acting(user: str) -> Iterator[None]:
	frappe.set_user(user)
	try:
		yield
	finally:
		frappe.set_user("Administrator")


@pytest.fixture(scope="module")
def crowd(site: str) -> SimpleNamespace:
	"""A customer with two logins and a unit, another customer, and two agents; once, as making users takes long."""
	channels.sync()
	customer, foreign = make_customer().name, make_customer().name
	found = SimpleNamespace(
		customer=customer,
		user=make_customer_user(customer).name,
		colleague=make_customer_user(customer).name,
		unit=make_installed_unit(customer=customer).name,
		stranger=make_customer_user(foreign).name,
		agent=make_user("Service Desk Agent").name,
		second=make_user("Service Desk Agent").name,
	)
	frappe.db.commit()
	return found


@pytest.fixture
def people(crowd: SimpleNamespace, clean_transaction: None) -> Iterator[SimpleNamespace]:
	"""They, with the first agent at their desk and no chat open."""

	def nothing_open() -> None:
		frappe.cache.delete_value(presence.KEY)
		forget_rate_limits()
		left = {"opened_by": ("in", (crowd.user, crowd.stranger)), "state": ("in", rules.OPEN)}
		for chat in frappe.get_all(CHAT, left, pluck="name"):
			frappe.db.set_value(CHAT, chat, {"state": "Ended", "open_key": None})
		frappe.db.commit()

	nothing_open()
	presence.note(crowd.agent)
	yield crowd
	frappe.db.rollback()
	frappe.set_user("Administrator")
	nothing_open()


def begin(people: SimpleNamespace, text: str = "It does not start", **about: str) -> frappe._dict:
	with acting(people.user):
		return frappe._dict(customer_api.begin(text, about.pop("key", None) or key(), **about))


def taken(people: SimpleNamespace, **about: str) -> frappe._dict:
	chat = begin(people, **about)
	with acting(people.agent):
		api.take(chat.name)
	return chat


def said(chat: str, *, who: str | None = None) -> list[str]:
	"""What was said, in order, as the customer or `who` reads it; notices left out."""
	rows = customer_api._look(chat)["messages"] if not who else api.look(chat)["messages"]
	return [row["content"] for row in rows if row["kind"] != "Notice"]


def conversation(case: str) -> list[tuple[str, str]]:
	return frappe.get_all(
		"Communication",
		{"reference_doctype": CASE, "reference_name": case, "communication_type": "Communication"},
		["sent_or_received", "content"],
		order_by="communication_date asc, creation asc",
		as_list=True,
	)


def late(chat: str) -> None:
	"""The time of the chat has come."""
	frappe.db.set_value(CHAT, chat, "due_utc", instants.utc_column(instants.now() - 1))
	frappe.db.commit()


class TestOpening:
	def test_the_first_words_become_a_request_of_the_customer(self, people):
		chat = begin(people, "It smells\nsince Monday", unit=people.unit)
		case = frappe.get_doc(CASE, chat.request)
		assert (case.customer, case.installed_unit, case.channel) == (people.customer, people.unit, "Chat")
		assert (case.subject, case.contact_email) == ("It smells", people.user)
		assert conversation(case.name) == (("Received", "It smells<br>since Monday"),)
		assert (chat.state, chat.open) == ("Waiting", True)

	def test_a_request_that_is_there_is_joined(self, people):
		case = make_service_request(customer=people.customer, installed_unit=people.unit).name
		before = frappe.db.count(CASE, {"customer": people.customer})
		chat = begin(people, request=case)
		assert chat.request == case
		assert frappe.db.count(CASE, {"customer": people.customer}) == before

	def test_a_closed_request_is_not(self, people):
		case = make_service_request(customer=people.customer).name
		frappe.db.set_value(CASE, case, "status", "Closed")
		with pytest.raises(portal.PortalInputError):
			begin(people, request=case)

	def test_sent_again_it_is_the_same_chat_with_the_words_once(self, people):
		mine = key()
		first, second = begin(people, key=mine), begin(people, key=mine)
		assert first.name == second.name
		assert len(conversation(first.request)) == 1
		assert frappe.db.count(CHAT, {"opened_by": people.user}) == 1

	def test_a_second_tab_writes_into_the_open_chat(self, people):
		first = begin(people)
		second = begin(people, "And it smells", unit=people.unit)
		assert (second.name, second.request) == (first.name, first.request)
		assert said(first.name) == ["It does not start", "And it smells"]

	def test_after_a_reload_the_page_finds_it(self, people):
		chat = begin(people)
		with acting(people.user):
			assert customer_api.look()["name"] == chat.name
			assert customer_api.look(chat.name, after=1)["messages"] == []

	def test_where_its_request_was_closed_meanwhile_a_new_one_begins(self, people):
		first = begin(people)
		frappe.db.set_value(CASE, first.request, "status", "Closed")
		with acting(people.user), pytest.raises(talk.RequestOverError):
			customer_api.send(first.name, "Hello?", key())
		second = begin(people, "Something else")
		assert second.request != first.request
		assert frappe.db.get_value(CHAT, first.name, ["state", "ended_why"]) == ("Ended", "Request Over")

	def test_with_the_channel_switched_off_there_is_no_chat(self, people):
		frappe.db.set_value("Service Channel", "Chat", "enabled", 0)
		case = make_service_request(customer=people.customer).name
		for about in ({}, {"request": case}):
			with pytest.raises(portal.PortalInputError):
				begin(people, **about)


class TestTaking:
	def test_of_two_who_take_it_the_second_is_told_who_was_first(self, people):
		chat = taken(people)
		with acting(people.agent):
			api.take(chat.name)  # again: nothing changes
		with acting(people.second), pytest.raises(talk.ChatTakenError, match=people.agent.split("@")[0]):
			api.take(chat.name)
		with acting(people.second), pytest.raises(talk.ChatTakenError):
			api.answer(chat.name, "Me too", key())
		assert frappe.db.get_value(CHAT, chat.name, ["state", "agent"]) == ("Talking", people.agent)
		notices = [
			row["content"] for row in customer_api._look(chat.name)["messages"] if row["kind"] == "Notice"
		]
		assert len(notices) == 1 and people.agent.split("@")[0] in notices[0]

	def test_who_waits_and_who_talks(self, people):
		waiting = begin(people)
		with acting(people.agent):
			assert waiting.name in [row["name"] for row in api.open_chats()["waiting"]]
			api.take(waiting.name)
			assert [row["name"] for row in api.open_chats()["mine"]] == [waiting.name]
		with acting(people.second):
			others = {row["name"]: row["agent"] for row in api.open_chats()["others"]}
			assert others[waiting.name] == people.agent

	def test_handed_over_the_colleague_goes_on(self, people):
		chat = taken(people)
		with acting(people.second), pytest.raises(talk.ChatTakenError):
			api.hand_over(chat.name, people.second)
		with acting(people.agent):
			assert people.second in [row["value"] for row in api.who_can_take(chat.name)]
			api.hand_over(chat.name, people.second)
			with pytest.raises(talk.ChatTakenError):
				api.answer(chat.name, "Still me", key())
		with acting(people.second):
			api.answer(chat.name, "Good morning", key())
		assert frappe.db.exists("Notification Log", {"for_user": people.second, "document_name": chat.name})

	def test_it_is_handed_to_nobody_who_may_not_see_its_request(self, people):
		chat = taken(people)
		for nobody in (make_user().name, make_service_engineer().user, people.stranger):
			with acting(people.agent), pytest.raises(talk.CannotTalkError):
				api.hand_over(chat.name, nobody)

	def test_a_lead_takes_it_upon_themselves(self, people):
		manager = make_user("Service Manager").name
		chat = taken(people)
		with acting(manager):
			api.hand_over(chat.name, manager)
			api.answer(chat.name, "I am the manager", key())
		assert frappe.db.get_value(CHAT, chat.name, "agent") == manager


class TestTalking:
	def test_both_ways_in_order_each_once_and_on_the_request(self, people):
		chat = taken(people)
		keys = [key() for _ in range(6)]
		for number, mine in enumerate(keys):
			for _again in range(2):  # the connection was lost, and the page sends again
				if number % 2:
					with acting(people.user):
						customer_api.send(chat.name, f"line {number}", mine)
				else:
					with acting(people.agent):
						api.answer(chat.name, f"line {number}", mine)
		lines = ["It does not start", *(f"line {number}" for number in range(6))]
		assert said(chat.name) == lines
		with acting(people.agent):
			assert said(chat.name, who=people.agent) == lines
		assert [content for _way, content in conversation(chat.request)] == lines
		case = frappe.get_doc(CASE, chat.request)
		shown = portal_messages.of_case(case, portal_messages.people_of(people.customer)[1])
		assert [row.content for row in shown] == lines
		assert [row.by_customer for row in shown] == [True, False, True, False, True, False, True]

	def test_places_count_from_one_without_gaps(self, people):
		chat = taken(people)
		with acting(people.user):
			customer_api.send(chat.name, "a", key())
			found = customer_api.look(chat.name)["messages"]
		assert [row["place"] for row in found] == [1, 2, 3]

	def test_our_first_answer_is_the_first_response(self, people):
		chat = taken(people)
		assert not frappe.db.get_value(CASE, chat.request, "first_response_on")
		with acting(people.agent):
			api.answer(chat.name, "Which model is it?", key())
		assert frappe.db.get_value(CASE, chat.request, "first_response_on")

	def test_their_answer_ends_the_wait_at_its_moment_and_notifies_nobody_twice(self, people):
		engineer = make_service_engineer()
		case = make_service_request(customer=people.customer, contact_email=people.user)
		moves.apply_move(case.name, "assign", engineer=engineer.name, by_app=True)
		moves.apply_move(case.name, "start", by_app=True)
		moves.apply_move(case.name, "wait_for_customer", reason="Which model?", by_app=True)
		before = now_datetime().replace(microsecond=0)
		chat = begin(people, "The big one", request=case.name)
		answered = frappe.db.get_value(CASE, case.name, "customer_answered_on")
		assert before <= answered <= now_datetime()
		told = {"for_user": engineer.user, "document_name": case.name}
		count = frappe.db.count("Notification Log", told)
		with acting(engineer.user):
			api.take(chat.name)
		with acting(people.user):
			customer_api.send(chat.name, "With the long arm", key())
		assert frappe.db.count("Notification Log", told) == count

	def test_markup_is_shown_as_it_was_typed(self, people):
		chat = begin(people, "<img src=x onerror=alert(1)> & <b>so</b>")
		[shown] = said(chat.name)
		assert "<img" not in shown and "&lt;b&gt;so" in shown

	@pytest.mark.parametrize(
		("text", "error"),
		[("  \n ", talk.EmptyMessageError), ("x" * (rules.MOST_LETTERS + 1), talk.MessageTooLongError)],
	)
	def test_limits_of_a_message(self, people, text, error):
		chat = begin(people)
		with acting(people.user), pytest.raises(error):
			customer_api.send(chat.name, text, key())

	@pytest.mark.parametrize("mine", ["", "short", "x" * 65, "a'; drop table", "ключ-ключ-ключ"])
	def test_a_key_that_is_none_is_refused(self, people, mine):
		with acting(people.user), pytest.raises(talk.MessageKeyError):
			customer_api.begin("Hello", mine)

	def test_too_many_messages_a_minute(self, people, monkeypatch):
		most = 2
		monkeypatch.setattr(customer_api, "MESSAGES_A_MINUTE", most)
		chat = begin(people)
		with acting(people.user), pytest.raises(rate_limits.TooManyRequestsError):
			for number in range(2 * most + 1):  # on a busy machine the next minute may begin between them
				customer_api.send(chat.name, str(number), key())


class TestNobodyThere:
	def test_it_is_said_before_they_write_and_the_words_become_a_message(self, people):
		frappe.cache.delete_value(presence.KEY)
		with acting(people.user):
			assert "Nobody of us is here now" in customer_api.look()["nobody"]
		chat = begin(people)
		assert (chat.state, chat.open) == ("Left as Message", False)
		assert "Nobody of us is here now" in chat.over
		assert conversation(chat.request) == (("Received", "It does not start"),)
		with acting(people.user):
			assert "name" not in customer_api.look()

	def test_with_somebody_there_nothing_is_said(self, people):
		with acting(people.user):
			assert customer_api.look()["nobody"] is None

	def test_present_is_who_did_something_within_the_minutes(self, people):
		minutes = rules.Minutes().present
		assert people.agent in presence.present(minutes)
		assert people.agent not in presence.present(-1)
		with acting(people.agent):
			api.not_there()
		assert people.agent not in presence.present(minutes)
		with acting(people.agent):
			api.at_my_desk()
		assert people.agent in presence.present(minutes)

	def test_an_engineer_of_another_team_is_nobody_for_this_request(self, people):
		frappe.cache.delete_value(presence.KEY)
		engineer = make_service_engineer()
		presence.note(engineer.user)
		foreign = make_service_request(customer=people.customer, team=make_service_team().name).name
		assert begin(people, request=foreign).state == "Left as Message"
		own = make_service_request(customer=people.customer, team=engineer.team).name
		assert begin(people, request=own).state == "Waiting"

	def test_outside_office_hours(self, people):
		team = make_service_team()
		team.office_hours = closed_calendar()
		team.save()
		case = make_service_request(customer=people.customer, team=team.name).name
		chat = begin(people, request=case)
		assert (chat.state, "We are closed now" in chat.over) == ("Left as Message", True)

	def test_written_into_a_chat_that_ended_meanwhile_it_is_a_message(self, people):
		chat = taken(people)
		with acting(people.agent):
			api.end(chat.name)
		with acting(people.user):
			customer_api.send(chat.name, "One more thing", key())
		assert conversation(chat.request)[-1] == ("Received", "One more thing")
		assert frappe.db.get_value(CHAT, chat.name, "state") == "Ended"


class TestSweep:
	def test_nobody_took_it(self, people):
		chat = begin(people)
		sweep.run()
		assert frappe.db.get_value(CHAT, chat.name, "state") == "Waiting", "its time has not come"
		late(chat.name)
		for _twice in range(2):
			sweep.run()
		row = frappe.db.get_value(CHAT, chat.name, ["state", "ended_why", "open_key"], as_dict=True)
		assert tuple(row.values()) == ("Left as Message", "Not Taken", None)
		assert said(chat.name) == ["It does not start"]
		with acting(people.agent), pytest.raises(talk.ChatOverError):
			api.take(chat.name)

	def test_further_words_do_not_put_it_off(self, people):
		chat = begin(people)
		due = frappe.db.get_value(CHAT, chat.name, "due_utc")
		with acting(people.user):
			customer_api.send(chat.name, "Hello?", key())
		assert frappe.db.get_value(CHAT, chat.name, "due_utc") == due

	def test_a_silent_chat_ends_by_itself_with_a_notice(self, people):
		chat = taken(people)
		with acting(people.agent):
			api.answer(chat.name, "Anything else?", key())
		late(chat.name)
		sweep.run()
		assert frappe.db.get_value(CHAT, chat.name, ["state", "ended_why"]) == ("Ended", "Silence")
		with acting(people.user):
			found = customer_api.look(chat.name)
		assert found["over"] == found["messages"][-1]["content"]
		assert frappe.db.get_value(CASE, chat.request, "status") not in talk.OVER

	def test_where_the_customer_had_the_last_word_it_waits_for_a_colleague(self, people):
		chat = taken(people)
		late(chat.name)
		sweep.run()
		assert frappe.db.get_value(CHAT, chat.name, ["state", "agent"]) == ("Waiting", None)
		with acting(people.second):
			api.take(chat.name)
		assert frappe.db.get_value(CHAT, chat.name, "agent") == people.second

	def test_the_leads_hear_of_one_that_nobody_took(self, people):
		team = make_service_team()
		case = make_service_request(customer=people.customer, team=team.name).name
		chat = begin(people, request=case)
		late(chat.name)
		sweep.run()
		told = {"for_user": team.lead, "document_name": case, "subject": ("like", "%Nobody took%")}
		assert frappe.db.count("Notification Log", told) == 1


class TestWhoMay:
	def test_another_customer_neither_finds_nor_writes(self, people):
		chat = begin(people)
		with acting(people.stranger):
			for call in (
				lambda: customer_api.look(chat.name),
				lambda: customer_api.send(chat.name, "Hello", key()),
				lambda: customer_api.end(chat.name),
				lambda: customer_api.begin("Hello", key(), request=chat.request),
				lambda: customer_api.begin("Hello", key(), unit=people.unit),
				lambda: customer_api.begin("Hello", key(), customer=people.customer),
			):
				with pytest.raises(pages.NotFoundForCustomerError):
					call()
			assert "name" not in customer_api.look()

	def test_a_key_of_another_user_finds_nothing(self, people):
		mine = key()
		chat = begin(people, key=mine)
		with acting(people.stranger):
			assert customer_api.begin("Hello", mine)["name"] != chat.name

	def test_a_colleague_who_sees_the_request_sees_the_chat(self, people):
		colleague = people.colleague
		chat = begin(people)
		with acting(colleague):
			assert customer_api.look(chat.name)["name"] == chat.name
		frappe.db.set_value("Customer", people.customer, "service_case_visibility", "Own requests only")
		with acting(colleague), pytest.raises(pages.NotFoundForCustomerError):
			customer_api.look(chat.name)
		with acting(people.user):
			assert customer_api.look(chat.name)["name"] == chat.name

	def test_whose_request_moves_to_another_customer_sees_the_chat_no_more(self, people):
		chat = begin(people)
		frappe.db.set_value(CASE, chat.request, "customer", make_customer().name)
		with acting(people.user), pytest.raises(pages.NotFoundForCustomerError):
			customer_api.look(chat.name)

	def test_an_engineer_sees_those_of_requests_they_see(self, people):
		engineer = make_service_engineer()
		own = make_service_request(customer=people.customer, team=engineer.team).name
		chat = begin(people, request=own)
		with acting(engineer.user):
			assert chat.name in [row["name"] for row in api.open_chats()["waiting"]]
			api.take(chat.name)
		with acting(make_service_engineer().user):
			assert chat.name not in [row["name"] for row in api.open_chats()["others"]]
			with pytest.raises(frappe.PermissionError):
				api.look(chat.name)

	@pytest.mark.parametrize("roles", [(), ("Customer",)])
	def test_nobody_else_has_the_desk_side(self, people, roles):
		chat = begin(people)
		with acting(make_user(*roles).name):
			for call in (
				api.open_chats,
				api.at_my_desk,
				lambda: api.look(chat.name),
				lambda: api.take(chat.name),
			):
				with pytest.raises(frappe.PermissionError):
					call()

	def test_staff_without_a_customer_have_no_customer_side(self, people):
		with acting(people.agent), pytest.raises(frappe.PermissionError):
			customer_api.begin("Hello", key())


def test_a_request_in_which_somebody_wrote_is_not_deleted(people):
	chat = begin(people)
	with pytest.raises(frappe.LinkExistsError):
		frappe.delete_doc(CASE, chat.request)
	assert frappe.db.exists(ROW, {"parent": chat.name})
