"""Who can be reached outside office hours: the engineers on duty of each team, and by when somebody has to be called back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import frappe
from frappe.utils import cint

from support_service.foundation import instants
from support_service.service_level.calendar import calendars
from support_service.support_service.messaging import recipients

TEAM, ENGINEER = "Service Team", "Service Engineer"
MINUTES = 60  # where the settings say nothing
MOST_TEAMS = 50


def closed_teams(queue: str | None = None) -> list[dict[str, Any]]:
	"""Teams that are outside their office hours now, with their engineers on duty. queue: only teams of this department."""
	filters = {"disabled": 0, "office_hours": ["is", "set"]}
	if queue:
		filters["department_queue"] = queue
	names = frappe.get_all(TEAM, filters, pluck="name", order_by="team_name", limit=MOST_TEAMS)
	found = [of_team(name) for name in names]
	return [team for team in found if team["closed"]]


def of_team(team: str | None) -> dict[str, Any]:
	"""Whether a team is closed now, and who is on duty; without a name of the team that takes what nobody else does."""
	case = _asking_for(team)
	found = recipients.team_of(case)
	closed = bool(found) and recipients.outside_office_hours(case)
	return {
		"team": found.name if found else None,
		"department_queue": found.department_queue if found else None,
		"closed": closed,
		"engineers": _engineers(recipients.engineers_on_duty(case)) if closed else [],
	}


def users_on_duty() -> list[str]:
	"""Users of the engineers on duty, where the team that takes what nobody else does is closed now."""
	case = _asking_for(None)
	return recipients.users_on_duty(case) if recipients.outside_office_hours(case) else []


def due_by() -> datetime:
	"""By when a call of this moment is to be answered (site time): in office hours, or at once where somebody is on duty."""
	seconds = 60 * (cint(frappe.get_cached_doc(recipients.SETTINGS).get("call_back_minutes")) or MINUTES)
	team, now = recipients.team_of(_asking_for(None)), instants.now()
	if team and team.office_hours and not users_on_duty():
		version = calendars.current_version(team.office_hours)
		return instants.from_utc(calendars.working_time(version).add(now, seconds))
	return instants.from_utc(now + seconds)


def leads() -> list[str]:
	"""Who answers for calls that are nobody's case."""
	return recipients.users_for(_asking_for(None), recipients.LEAD)


def _engineers(names: list[str]) -> list[dict[str, Any]]:
	if not names:
		return []
	found = frappe.get_all(ENGINEER, {"name": ["in", names]}, ["name", "engineer_name", "phone", "user"])
	return sorted(found, key=lambda row: names.index(row.name))


def _asking_for(team: str | None) -> Any:
	"""What `recipients` asks a case for, where there is no case yet."""
	return frappe._dict(doctype="Service Request", team=team)
