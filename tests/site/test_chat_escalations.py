"""An escalation goes into a chat of our own people, by the outbox; where it cannot, somebody hears of it all the same."""

import frappe
import pytest

from support_service.support_service.messaging import escalations
from support_service.support_service.messaging.ways import robots
from tests.answering_server import Said
from tests.factories import insert, make_customer, make_service_level_policy, unique
from tests.site.ladder_world import make_ladder_case, notified, play, step
from tests.site.test_ways import OK, send, server  # noqa: F401 - fixture


@pytest.fixture(autouse=True)
def stored(clean_transaction):
	"""The sweep commits, so what a test makes is committed with it."""
	yield
	frappe.db.rollback()


def make_robot(server=None, **values):  # noqa: F811
	url = (
		f"http://{server.address}/send?key=s3cret"
		if server
		else "https://open.feishu.cn/open-apis/bot/v2/hook/1"
	)
	kind = "WeCom" if server else "Feishu"
	robot = {"robot_name": unique("Team Chat"), "kind": kind, "webhook_url": url}
	return insert("Service Robot", robot, values).name


def chat_step(robot, **values):
	return {**step(value=50, action="Group Chat"), "robot": robot, **values}


def escalated(world):
	rows = frappe.get_all(
		"Service Message", {"request": world.case.name, "sender": "Group Chat"}, pluck="name"
	)
	return [frappe.get_doc("Service Message", name) for name in rows]


def test_it_is_said_in_the_chat(server):  # noqa: F811
	robot = make_robot(server)
	server.says(Said(OK))
	world = make_ladder_case(chat_step(robot))
	play(2.5)
	(message,) = escalated(world)
	assert (message.recipient, message.to_customer) == (robot, 0)
	(message,) = send(message.name)
	assert message.status == "Sent"
	(asked,) = server.asked
	assert world.case.name in asked.body
	entry = frappe.get_all(
		"Service Clock Entry",
		{"request": world.case.name, "event": "Escalated"},
		["robot", "told_to", "told"],
	)
	assert entry == [{"robot": robot, "told_to": robot, "told": 1}]


def test_switched_off_whom_the_step_names_is_notified():
	robot = make_robot()
	world = make_ladder_case(chat_step(robot))
	frappe.db.set_value("Service Robot", robot, "disabled", 1)
	frappe.db.commit()
	play(2.5)
	assert not escalated(world) and notified(world.case.name)


def test_refused_by_the_robot_the_lead_is_told(server):  # noqa: F811
	robot = make_robot(server)
	server.says(Said('{"errcode":93000,"errmsg":"invalid webhook url"}'))
	world = make_ladder_case(chat_step(robot))
	play(2.5)
	(message,) = escalated(world)
	(message,) = send(message.name)
	assert message.status == "Failed"
	assert frappe.db.exists(
		"Notification Log", {"document_type": "Service Message", "document_name": message.name}
	)


def test_a_chat_with_a_customer_hears_nothing_of_late_promises():
	robot = make_robot(customer=make_customer().name)
	with pytest.raises(escalations.EscalationRobotError, match="customer"):
		make_service_level_policy(ladder=[chat_step(robot)])
	with pytest.raises(escalations.EscalationRobotError, match="robot"):
		make_service_level_policy(ladder=[chat_step(None)])
	robot = make_robot()
	world = make_ladder_case(chat_step(robot))
	frappe.db.set_value("Service Robot", robot, "customer", make_customer().name)
	frappe.db.commit()
	play(2.5)
	assert not escalated(world) and notified(world.case.name)
	assert not robots.is_ours(robot)


def test_two_chats_are_two_steps():
	policy = make_service_level_policy(ladder=[chat_step(make_robot()), chat_step(make_robot())])
	assert len({row.step_key for row in policy.ladder}) == 2


def test_another_action_names_no_robot():
	policy = make_service_level_policy(ladder=[chat_step(make_robot(), action="Desk Notification")])
	assert policy.ladder[0].robot is None
