"""Chats at once: one agent takes it, one key is stored once, two tabs make one chat; a process that is killed leaves nothing half."""

import os
import signal

import frappe
import pytest

from support_service.service_intake import channels
from support_service.service_intake.chat import presence, talk
from tests.factories import make_customer, make_customer_user, make_user
from tests.faults.test_calls import COMMIT, HANG, go, start
from tests.portal_client import forget_rate_limits

TAKE = """
from support_service.service_intake.chat import talk
frappe.set_user(sys.argv[4])
try:
	talk.take(sys.argv[3])
	frappe.db.commit()
	print("mine", flush=True)
except talk.ChatTakenError:
	print("taken", flush=True)
"""
WRITE = """
from support_service.service_intake.chat import talk
frappe.set_user(sys.argv[3])
talk.write(sys.argv[4], sys.argv[5], sys.argv[6])
"""
BEGIN_CHAT = """
from support_service.customer_portal import chat_api
frappe.set_user(sys.argv[3])
chat_api.begin("Hello " + sys.argv[4], sys.argv[5])
"""


@pytest.fixture
def customer() -> str:
	"""A user of a customer, with somebody of ours there."""
	channels.sync()
	forget_rate_limits()
	user = make_customer_user(make_customer().name).name
	presence.note(make_user("Service Desk Agent").name)
	frappe.db.commit()
	return user


def key() -> str:
	return frappe.generate_hash(length=32)


def run(site: str, code: str, *arguments: tuple[str, ...]) -> list[int]:
	"""The code once for each tuple of arguments, all at once; returns their exit codes."""
	processes = [start(site, code, *one) for one in arguments]
	for process in processes:
		go(process)
	codes = [process.wait(timeout=180) for process in processes]
	frappe.db.rollback()
	return codes


def begin(site: str, user: str) -> str:
	assert run(site, BEGIN_CHAT + COMMIT, (user, "there", key())) == [0]
	return frappe.db.get_value(talk.CHAT, {"open_key": user})


def test_one_of_three_agents_takes_it(site, customer):
	chat = begin(site, customer)
	agents = [make_user("Service Desk Agent").name for _ in range(3)]
	frappe.db.commit()
	hands = [start(site, TAKE, chat, agent) for agent in agents]
	for hand in hands:
		go(hand)
	said = [hand.communicate(timeout=180)[0].strip() for hand in hands]
	assert sorted(said) == ["mine", "taken", "taken"]
	frappe.db.rollback()
	assert frappe.db.get_value(talk.CHAT, chat, "agent") == agents[said.index("mine")]


def test_two_tabs_at_once_make_one_chat_and_one_request(site, customer):
	assert run(site, BEGIN_CHAT + COMMIT, *((customer, str(tab), key()) for tab in range(3))) == [0, 0, 0]
	[chat] = frappe.get_all(talk.CHAT, {"opened_by": customer}, ["name", "service_request"])
	assert frappe.db.count(talk.CASE, {"owner": customer}) == 1
	places = frappe.get_all(talk.ROW, {"parent": chat.name}, pluck="idx", order_by="idx")
	assert places == [1, 2, 3]


def test_one_key_sent_many_times_at_once_is_stored_once_and_others_keep_their_order(site, customer):
	chat, mine = begin(site, customer), key()
	same = [(customer, chat, "the same", mine)] * 3
	others = [(customer, chat, f"other {number}", key()) for number in range(3)]
	assert run(site, WRITE + COMMIT, *same, *others) == [0] * 6
	rows = frappe.get_all(talk.ROW, {"parent": chat}, ["idx", "communication"], order_by="idx")
	assert [row.idx for row in rows] == [1, 2, 3, 4, 5]
	texts = [frappe.db.get_value("Communication", row.communication, "content") for row in rows]
	assert sorted(texts[1:]) == ["other 0", "other 1", "other 2", "the same"]
	request = frappe.db.get_value(talk.CHAT, chat, "service_request")
	assert frappe.db.count("Communication", {"reference_name": request}) == 5


def test_killed_before_its_commit_nothing_is_there_and_sent_again_it_is_there_once(site, customer):
	chat, mine = begin(site, customer), key()
	process = start(site, WRITE + HANG + COMMIT, customer, chat, "Do not lose me", mine)
	go(process)
	assert process.stdout.readline() == "stored\n"
	os.kill(process.pid, signal.SIGKILL)
	process.wait(timeout=60)
	again = [(customer, chat, "Do not lose me", mine)] * 2
	assert run(site, WRITE + COMMIT, *again) == [0, 0]
	assert frappe.db.count(talk.ROW, {"parent": chat}) == 2
