"""Who is told when a promise is in danger: people of the case and of its team, and who is on duty now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import frappe
from frappe.model.document import Document

from support_service.constants.roles import MANAGER
from support_service.foundation import instants
from support_service.service_level import calendars

SETTINGS = "Support Service Settings"
ENGINEER, ON_DUTY, ROLE = "Engineer", "Engineer on Duty", "Role"
LEAD = "Team Lead"
# from the one at work upwards: values of the step's `whom` and where the user stands
CHAIN = {
	ENGINEER: "engineer_user",
	LEAD: "lead",
	"Project Manager": "project_manager",
	"Director": "director",
}


def users_for(case: Document, whom: str, role: str = "") -> list[str]:
	"""Enabled users `whom` means on this case, the next in the chain where nobody is: empty only if there is nobody at all."""
	if whom == ROLE:
		found = _readers(role, case)
	elif whom == ON_DUTY:
		found = list(users_on_duty(case))
	else:
		found = []
	return found or _in_chain(case, whom) or _readers(MANAGER, case)


def users_on_duty(case: Document) -> list[str]:
	"""Users of the team's duty shifts that cover this moment."""
	users = (frappe.db.get_value("Service Engineer", name, "user") for name in engineers_on_duty(case))
	return _enabled(user for user in users if user)


def engineers_on_duty(case: Document) -> list[str]:
	"""Active engineers of the team's duty shifts that cover this moment, in the order of the shifts."""
	team = team_of(case)
	covering = [shift.engineer for shift in (team.duty if team else ()) if _covers(shift, instants.now())]
	if not covering:
		return []
	active = set(
		frappe.get_all(
			"Service Engineer", {"name": ("in", covering), "active": 1}, pluck="name", order_by=None
		)
	)
	return [name for name in dict.fromkeys(covering) if name in active]


def _covers(shift: Any, moment: int) -> bool:
	begins = instants.to_utc(shift.starts_on)
	return begins <= moment < instants.to_utc(shift.ends_on, after=begins)


def outside_office_hours(case: Document) -> bool:
	"""Whether the case's team is closed now; a team without office hours never is."""
	team = team_of(case)
	if not team or not team.office_hours:
		return False
	version = calendars.current_version(team.office_hours)
	return not calendars.working_time(version).is_open(instants.now())


def team_of(case: Document) -> Document | None:
	"""The case's team, else the one that takes what nobody else does."""
	name = case.team or frappe.get_cached_doc(SETTINGS).default_team
	return frappe.get_cached_doc("Service Team", name) if name else None


def _in_chain(case: Document, whom: str) -> list[str]:
	"""The one meant; where there is none, the next one up, and with nobody above the next one down."""
	ranks = list(CHAIN)
	start = ranks.index(whom) if whom in CHAIN else ranks.index(LEAD)
	for rank in (*ranks[start:], *reversed(ranks[:start])):
		found = _enabled(_standing(case, CHAIN[rank]))
		if found:
			return found
	return []


def _standing(case: Document, fieldname: str) -> Iterator[str]:
	holder: Any = case if fieldname == CHAIN[ENGINEER] else team_of(case)
	user = holder.get(fieldname) if holder else None
	if user:
		yield user


def _enabled(users: Iterable[str]) -> list[str]:
	return [user for user in dict.fromkeys(users) if frappe.db.get_value("User", user, "enabled")]


def _readers(role: str, case: Document) -> list[str]:
	"""Enabled users with `role` who may read the case; never a system account."""
	if not role:
		return []
	holders = frappe.get_all(
		"Has Role", {"role": role, "parenttype": "User"}, pluck="parent", order_by="parent", distinct=True
	)
	users = [user for user in holders if user not in frappe.STANDARD_USERS]
	return [user for user in _enabled(users) if frappe.has_permission(case.doctype, "read", case, user=user)]
