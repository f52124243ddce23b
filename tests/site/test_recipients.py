"""Whom an escalation tells: people of the case and its team, a role, who is on duty; never nobody."""

from __future__ import annotations

import frappe
import pytest

from support_service.support_service.doctype.service_team.service_team import DutyShiftError
from support_service.support_service.messaging.recipients import users_for
from tests.factories import make_service_calendar, make_service_engineer, make_service_team
from tests.site.ladder_world import always_open, escalations, make_ladder_case, on_duty, play, step


@pytest.fixture(autouse=True)
def stored(clean_transaction):
	"""The sweep commits, so what a test makes is committed with it; `play` begins from there."""
	yield
	frappe.db.rollback()


@pytest.mark.parametrize(
	("whom", "missing", "expected"),
	[
		("Engineer", (), "engineer"),
		("Engineer", ("engineer",), "lead"),
		("Team Lead", (), "lead"),
		("Project Manager", (), "project_manager"),
		("Project Manager", ("project_manager",), "director"),
		("Director", (), "director"),
		("Director", ("director",), "project_manager"),
		("Director", ("director", "project_manager"), "lead"),
		("Engineer on Duty", (), "duty"),
		("Engineer on Duty", ("duty",), "lead"),
	],
)
def test_whom(whom, missing, expected):
	world = make_ladder_case(step(whom=whom), engineer="engineer" not in missing)
	for fieldname in set(missing) & {"project_manager", "director"}:
		world.team.set(fieldname, None)
	if "duty" not in missing:
		on_duty(world.team, world.other.name)
	world.team.save()
	people = {
		"engineer": world.engineer.user,
		"duty": world.other.user,
		**{name: world.team.get(name) for name in ("lead", "project_manager", "director")},
	}
	assert users_for(world.case, whom) == [people[expected]]


def test_a_disabled_user_is_passed_over():
	world = make_ladder_case(step(whom="Director"))
	frappe.db.set_value("User", world.team.director, "enabled", 0)
	assert users_for(world.case, "Director") == [world.team.project_manager]


def test_a_role_means_those_of_it_who_may_read_the_case():
	world = make_ladder_case()
	elsewhere = make_service_engineer()
	users = users_for(world.case, "Role", "Service Engineer")
	assert {world.engineer.user, world.other.user} <= set(users)
	assert elsewhere.user not in users
	assert "Administrator" not in users


def test_a_role_nobody_has_falls_to_the_lead():
	world = make_ladder_case()
	role = frappe.get_doc({"doctype": "Role", "role_name": frappe.generate_hash(length=8)}).insert()
	assert users_for(world.case, "Role", role.name) == [world.team.lead]


def test_outside_office_hours_the_engineer_on_duty_is_told_too():
	closed = make_service_calendar(
		windows=[{"day": "Monday", "from_time": "09:00:00", "to_time": "10:00:00"}],
		changes=[{"from_date": "2000-01-01", "to_date": "2099-12-31", "use_calendar": None}],
	)
	world = make_ladder_case(step())
	on_duty(world.team, world.other.name)
	world.team.office_hours = closed.name
	world.team.save()
	play(2.1)
	assert escalations(world.clock)[0].told_to == f"{world.team.lead}, {world.other.user}"


def test_inside_office_hours_only_who_is_named():
	world = make_ladder_case(step())
	on_duty(world.team, world.other.name)
	world.team.office_hours = always_open().name
	world.team.save()
	play(2.1)
	assert escalations(world.clock)[0].told_to == world.team.lead


@pytest.mark.parametrize("hours", [(0, 0), (2, -1)])
def test_a_duty_shift_lasts_some_time(hours):
	engineer = make_service_engineer()
	now = frappe.utils.now_datetime()
	starts, ends = (frappe.utils.add_to_date(now, hours=hour) for hour in hours)
	with pytest.raises(DutyShiftError, match="end after it starts"):
		make_service_team(duty=[{"engineer": engineer.name, "starts_on": starts, "ends_on": ends}])


def test_nobody_is_on_duty_twice_at_once():
	engineer = make_service_engineer()
	at = [frappe.utils.add_to_date(frappe.utils.now_datetime(), hours=hour) for hour in range(4)]
	shifts = [
		{"engineer": engineer.name, "starts_on": at[0], "ends_on": at[2]},
		{"engineer": engineer.name, "starts_on": at[1], "ends_on": at[3]},
	]
	with pytest.raises(DutyShiftError, match="already"):
		make_service_team(duty=shifts)
	shifts[1]["starts_on"] = at[2]
	assert len(make_service_team(duty=shifts).duty) == 2
