"""Every place that picks a person picks one who can act: the engineer, else the lead, else a manager.

The places are tried one by one with everybody who may have left, and in each way of leaving.
"""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import frappe
import pytest

import support_service
from support_service.customer_portal import messages as portal_messages
from support_service.field_service.api import engineers_for
from support_service.field_service.errors import EngineerNotFitError
from support_service.foundation import people
from support_service.service_feedback import surveys
from support_service.support_service.assignments import leavers
from support_service.support_service.errors import MoveRequirementError, TaskFollowsCaseError
from support_service.support_service.messaging import notices, notify, recipients
from support_service.support_service.moves import apply_move
from tests.factories import (
	insert,
	make_customer,
	make_customer_user,
	make_engineer_visit,
	make_service_engineer,
	make_service_request,
	make_service_team,
	make_user,
)

RESULT = {"cause": "Fan", "solution": "Cleaned", "resolution": "It turns again."}


def disable(user: str) -> None:
	frappe.db.set_value("User", user, "enabled", 0)


def take_roles(user: str) -> None:
	frappe.db.delete("Has Role", {"parent": user})
	frappe.clear_cache(user=user)


def retire(user: str) -> None:
	frappe.db.set_value("Service Engineer", {"user": user}, "active", 0)


@pytest.fixture
def world() -> SimpleNamespace:
	"""A case in progress, with everybody a case can name."""
	manager = make_user("Service Manager").name
	team = make_service_team(
		project_manager=make_user("Service Manager").name, director=make_user("Service Manager").name
	)
	engineer, duty = (make_service_engineer(team=team.name) for _ in range(2))
	customer = make_customer().name
	found = SimpleNamespace(team=team, engineer=engineer, duty=duty, customer=customer, manager=manager)
	found.user = make_customer_user(customer).name
	now = frappe.utils.now_datetime()
	shift = {
		"engineer": duty.name,
		"starts_on": frappe.utils.add_to_date(now, hours=-12),
		"ends_on": frappe.utils.add_to_date(now, hours=12),
	}
	team.append("duty", shift)
	team.save()
	found.case = make_service_request(customer=customer, team=team.name, contact_email=found.user).name
	apply_move(found.case, "assign", engineer=engineer.name)
	apply_move(found.case, "start")
	tell(found)
	found.people = {
		"engineer": engineer.user,
		"duty": duty.user,
		**{place: team.get(place) for place in ("lead", "project_manager", "director")},
	}
	return found


def case_of(world: SimpleNamespace) -> Any:
	return frappe.get_doc("Service Request", world.case)


def tell(world: SimpleNamespace) -> None:
	for name in frappe.get_all("Service Request Move", {"request": world.case, "told": 0}, pluck="name"):
		notify.notify(name)


def notified(world: SimpleNamespace) -> dict[str, list[str]]:
	found: dict[str, list[str]] = {}
	for row in frappe.get_all(
		"Notification Log", {"document_name": world.case}, ["for_user", "subject"], order_by="creation"
	):
		found.setdefault(row.for_user, []).append(row.subject)
	return found


def tasks(world: SimpleNamespace) -> list[str]:
	open_ = {"reference_name": world.case, "status": "Open"}
	return frappe.get_all("ToDo", open_, pluck="allocated_to")


def write(world: SimpleNamespace) -> None:
	frappe.set_user(world.user)
	portal_messages.add(case_of(world), "It smells burnt again")
	frappe.set_user("Administrator")


def not_satisfied(world: SimpleNamespace) -> None:
	apply_move(world.case, "resolve", values=RESULT)
	frappe.set_user(world.user)
	surveys.answer(
		surveys.open_survey_of(world.case),
		satisfied=False,
		comment="It is not",
		via="Portal",
		by=world.user,
	)
	frappe.set_user("Administrator")
	tell(world)


# the example


@pytest.mark.parametrize("leave", [disable, take_roles, retire])
def test_not_satisfied_and_a_message_reach_the_lead_when_the_engineer_has_left(world, leave):
	leave(world.engineer.user)
	before = len(notified(world).get(world.engineer.user, []))
	not_satisfied(world)
	write(world)
	lead = notified(world)[world.team.lead]
	assert any("not satisfied" in line for line in lead) and any("wrote on" in line for line in lead)
	assert tasks(world) == [world.team.lead]
	assert len(notified(world).get(world.engineer.user, [])) == before


def test_an_engineer_who_can_act_keeps_task_and_message(world):
	not_satisfied(world)
	write(world)
	engineer = notified(world)[world.engineer.user]
	assert any("not satisfied" in line for line in engineer) and any("wrote on" in line for line in engineer)
	assert not any("wrote on" in line for line in notified(world)[world.team.lead])
	assert tasks(world) == [world.engineer.user]


def test_with_the_lead_gone_too_the_next_above_has_the_task(world):
	disable(world.engineer.user)
	disable(world.team.lead)
	not_satisfied(world)
	assert tasks(world) == [world.team.project_manager]
	assert "not satisfied" in notified(world)[world.team.project_manager][-1]


def test_with_the_whole_team_gone_a_manager_is_told(world):
	for user in world.people.values():
		disable(user)
	write(world)
	assert "wrote on" in notified(world)[world.manager][-1]


def test_a_case_nobody_has_is_the_agents_and_the_leads(world):
	agent = make_user("Service Desk Agent").name
	frappe.set_user(agent)
	world.case = make_service_request(customer=world.customer, team=world.team.name).name
	frappe.set_user("Administrator")
	write(world)
	assert {agent, world.team.lead} <= set(notified(world))
	disable(agent)
	before = len(notified(world)[agent])
	write(world)
	assert len(notified(world)[agent]) == before


# the kind: each place of recipients.CHAIN, in each way of leaving


@pytest.mark.parametrize("whom", [*recipients.CHAIN, recipients.ON_DUTY])
@pytest.mark.parametrize("leave", [disable, take_roles])
def test_nobody_who_left_is_meant(world, whom, leave):
	place = {recipients.ON_DUTY: "duty", recipients.ENGINEER: "engineer", recipients.LEAD: "lead"}.get(
		whom, recipients.CHAIN.get(whom)
	)
	assert recipients.users_for(case_of(world), whom) == [world.people[place]]
	leave(world.people[place])
	found = recipients.users_for(case_of(world), whom)
	assert found
	if leave is disable or place in ("engineer", "lead", "duty"):
		assert world.people[place] not in found
	for user in world.people.values():
		leave(user)
	if leave is disable:
		assert set(found := recipients.users_for(case_of(world), whom)) & set(world.people.values()) == set()
		assert world.manager in found


@pytest.mark.parametrize("action", list(notices.NOTICES))
@pytest.mark.parametrize("gone", ["engineer", "lead", "project_manager"])
def test_every_notice_of_a_move_reaches_somebody(world, action, gone):
	apply_move(world.case, "reassign", engineer=world.engineer.name, reason="r")
	disable(world.people[gone])
	before = notified(world)
	move = frappe._dict(name="x", action=action, moved_by="Guest", engineer=None, reason=None)
	if action == "decline_pick":
		insert_wish(world, world.people["duty"])
	notices.notify_of(move, case_of(world))
	now = notified(world)
	reached = {user for user in now if len(now[user]) > len(before.get(user, []))}
	assert reached and world.people[gone] not in reached
	assert not [user for user in reached if not frappe.db.get_value("User", user, "enabled")]


def insert_wish(world: SimpleNamespace, user: str) -> None:
	from support_service.support_service.moves import append_row

	frappe.set_user(user)
	append_row(case_of(world), action="ask_to_take", source="New", target="New")
	frappe.set_user("Administrator")


def test_who_can_act_is_asked_of_one_module_only():
	"""Whoever writes a notification or a task, reads a role's holders or the lead of a team by themselves, forgets it."""
	root = Path(support_service.__file__).parent
	wrong = re.compile(
		r"Notification Log\"|make_notification_logs|\"Has Role\"|assign_to\.add\(|"
		r"get_value\(\s*\"Service Team\",[^)]*\"(lead|project_manager|director)\"|"
		r"get_value\(\s*\"User\",[^)]*\"enabled\"",
		re.DOTALL,
	)
	allowed = {
		"foundation/people.py",
		"support_service/assignments/engineer_task.py",  # whose user comes from recipients
		"permissions/who.py",  # a customer's people
		"permissions/portal_users.py",
		"setup/roles.py",  # uninstalling
		"patches/v0_4/portal_users_of_contacts.py",  # ran once
	}
	found = {
		str(path.relative_to(root))
		for path in root.rglob("*.py")
		if wrong.search(path.read_text()) and "demo" not in path.parts
	}
	assert found <= allowed, found - allowed


# their open tasks


def leave_by_user(world: SimpleNamespace) -> None:
	user = frappe.get_doc("User", world.engineer.user)
	user.enabled = 0
	user.save()


def leave_by_role(world: SimpleNamespace) -> None:
	frappe.get_doc("User", world.engineer.user).remove_roles("Service Engineer")


def leave_by_record(world: SimpleNamespace) -> None:
	engineer = frappe.get_doc("Service Engineer", world.engineer.name)
	engineer.active = 0
	engineer.save()


@pytest.mark.parametrize("leave", [leave_by_user, leave_by_role, leave_by_record])
def test_open_tasks_go_to_the_lead_at_once(world, leave):
	assert tasks(world) == [world.engineer.user]
	leave(world)
	assert tasks(world) == [world.team.lead]
	assert case_of(world).engineer == world.engineer.name  # until somebody assigns another one
	assert any(world.case in line or "assigned" in line for line in notified(world)[world.team.lead])
	before = frappe.db.count("ToDo", {"reference_name": world.case})
	leavers.hand_over(world.case)
	assert (tasks(world), frappe.db.count("ToDo", {"reference_name": world.case})) == (
		[world.team.lead],
		before,
	)
	apply_move(world.case, "reassign", engineer=world.duty.name, reason="Left")
	assert tasks(world) == [world.duty.user]


def test_the_one_who_stood_in_leaves_too(world):
	leave_by_user(world)
	lead = frappe.get_doc("User", world.team.lead)
	lead.enabled = 0
	lead.save()
	assert tasks(world) == [world.team.project_manager]


def test_a_save_of_somebody_who_stays_moves_nothing(world):
	user = frappe.get_doc("User", world.engineer.user)
	user.add_roles("Stock User")
	user.first_name = "Renamed"
	user.save()
	engineer = frappe.get_doc("Service Engineer", world.engineer.name)
	engineer.phone = "+86 10 5550 0000"
	engineer.save()
	assert tasks(world) == [world.engineer.user]


def test_a_task_of_somebody_who_left_is_not_given_back_to_them(world):
	leave_by_user(world)
	todo = {"doctype": "ToDo", "description": "go", "allocated_to": world.engineer.user}
	with pytest.raises(TaskFollowsCaseError):
		frappe.get_doc({**todo, "reference_type": "Service Request", "reference_name": world.case}).insert()


def test_many_are_handed_over_in_the_background(world, monkeypatch):
	other = make_service_request(customer=world.customer, team=world.team.name).name
	apply_move(other, "assign", engineer=world.engineer.name)
	monkeypatch.setattr(leavers, "AT_ONCE", 1)
	leave_by_user(world)
	mine = {"reference_name": ("in", (world.case, other)), "status": "Open"}
	lead, engineer = world.team.lead, world.engineer.user
	assert sorted(frappe.get_all("ToDo", mine, pluck="allocated_to")) == sorted([lead, engineer])
	for _repeated in range(2):
		leavers.run()
		assert frappe.get_all("ToDo", mine, pluck="allocated_to") == [lead, lead]


def test_the_run_finds_who_left_without_a_save_of_their_user(world):
	disable(world.engineer.user)
	assert tasks(world) == [world.engineer.user]
	leavers.run()
	assert tasks(world) == [world.team.lead]


@pytest.fixture
def nothing_is_shared():
	"""The site shares no documents: nobody is given the task of a case that they may not read."""
	frappe.db.set_single_value("System Settings", "disable_document_sharing", 1)
	frappe.local.system_settings = None
	yield
	frappe.db.rollback()
	frappe.clear_document_cache("System Settings")
	frappe.local.system_settings = None


def test_nobody_is_kept_from_leaving_because_of_a_case(world, nothing_is_shared):
	disable(world.team.lead)
	world.team.reload()
	world.team.project_manager = make_user("Sales User").name
	world.team.save()
	leave_by_user(world)
	assert not frappe.db.get_value("User", world.engineer.user, "enabled")
	assert tasks(world) == [world.engineer.user]
	noted = {"work": leavers.TO_HAND_OVER.work, "reference_name": world.case}
	assert frappe.db.get_value("Postponed Work", noted, "attempts") == 1
	assert not [one for one in frappe.local.message_log if "not permitted" in str(one)]


# choosing a person


@pytest.mark.parametrize("leave", [disable, take_roles, retire])
def test_nobody_who_left_is_chosen(world, leave):
	assert world.duty.name in [one.name for one in engineers_for(world.case)]
	assert recipients.engineers_on_duty(case_of(world)) == [world.duty.name]
	leave(world.duty.user)
	assert world.duty.name not in [one.name for one in engineers_for(world.case)]
	assert recipients.engineers_on_duty(case_of(world)) == []
	with pytest.raises(MoveRequirementError):
		apply_move(world.case, "reassign", engineer=world.duty.name, reason="r")
	with pytest.raises(EngineerNotFitError, match="Choose another one"):
		make_engineer_visit(service_request=world.case, engineer=world.duty.name)


def test_a_visit_that_took_place_stays_with_who_was_there(world):
	visit = make_engineer_visit(service_request=world.case, engineer=world.engineer.name)
	disable(world.engineer.user)
	visit.planned_end = frappe.utils.add_to_date(visit.planned_end, hours=1)
	visit.save()
	now = frappe.utils.now_datetime()
	past = make_engineer_visit(
		service_request=world.case,
		engineer=world.engineer.name,
		departed_at=frappe.utils.add_to_date(now, hours=-3),
		arrived_at=frappe.utils.add_to_date(now, hours=-2),
		left_at=frappe.utils.add_to_date(now, hours=-1),
	)
	assert past.engineer_user == world.engineer.user


def test_holders_of_a_role_are_people(world):
	gone = make_user("Service Manager").name
	disable(gone)
	assert world.manager in people.holders("Service Manager")
	assert not {gone, "Administrator"} & set(people.holders("Service Manager"))


def test_frappe_mails_what_came_in_to_who_can_act(world):
	mail = insert(
		"Communication",
		{
			"communication_type": "Communication",
			"communication_medium": "Email",
			"sent_or_received": "Received",
			"sender": world.user,
			"subject": "Re",
			"content": "c",
			"reference_doctype": "Service Request",
			"reference_name": world.case,
		},
		{},
	)
	assert world.engineer.user in mail.mail_cc(is_inbound_mail_communcation=True)
	disable(world.engineer.user)
	assert case_of(world).get_notification_email() == world.team.lead
