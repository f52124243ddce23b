"""Whom a case means by engineer, lead and so on: the person who can act, or who stands in for them; and who is on duty.

Everything that notifies one of our people, or gives them a case, asks here. Who left (user disabled, role taken away, engineer
not active any more) is passed over: engineer → lead → … → manager.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import frappe
from frappe.model.document import Document

from support_service.constants.roles import ENGINEER as ENGINEER_ROLE
from support_service.constants.roles import LEAD as LEAD_ROLE
from support_service.constants.roles import MANAGER
from support_service.foundation import instants, people
from support_service.service_level.calendar import calendars

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
# who has lost these cannot do what they are notified of; a project manager or a director only has to know
ROLES: dict[str, tuple[str, ...]] = {
	ENGINEER: (ENGINEER_ROLE, LEAD_ROLE, MANAGER),
	LEAD: (LEAD_ROLE, MANAGER),
}


def users_for(case: Document, whom: str, role: str = "") -> list[str]:
	"""Users `whom` means on this case who can act, the next in the chain where nobody is: empty only if there is nobody at all."""
	if whom == ROLE:
		found = _readers(role, case)
	elif whom == ON_DUTY:
		found = list(users_on_duty(case))
	else:
		found = []
	return found or _in_chain(case, whom) or _readers(MANAGER, case)


def stand_in(case: Document, whom: str) -> list[str]:
	"""As `users_for`, but nobody where the place is empty: whoever is named has left, or can act."""
	return users_for(case, whom) if any(_standing(case, whom)) else []


def users_on_duty(case: Document) -> list[str]:
	"""Users of the team's duty shifts that cover this moment."""
	return list(dict.fromkeys(_on_duty(case).values()))


def engineers_on_duty(case: Document) -> list[str]:
	"""Engineers of the team's duty shifts that cover this moment and who can act, in the order of the shifts."""
	return list(_on_duty(case))


def able_engineers(names: Iterable[str | None]) -> dict[str, str]:
	"""Service Engineer → user, in the order of `names`: those who are active and whose user can act as an engineer."""
	asked = [name for name in dict.fromkeys(names) if name]
	if not asked:
		return {}
	active = {"name": ("in", asked), "active": 1}
	users = dict(frappe.get_all("Service Engineer", active, ["name", "user"], as_list=True, order_by=None))
	able = set(people.able(users.values(), *ROLES[ENGINEER]))
	return {name: users[name] for name in asked if users.get(name) in able}


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


def _on_duty(case: Document) -> dict[str, str]:
	team = team_of(case)
	return able_engineers(
		shift.engineer for shift in (team.duty if team else ()) if _covers(shift, instants.now())
	)


def _in_chain(case: Document, whom: str) -> list[str]:
	"""The one meant; where there is none, the next one up, and with nobody above the next one down."""
	ranks = list(CHAIN)
	start = ranks.index(whom) if whom in CHAIN else ranks.index(LEAD)
	for rank in (*ranks[start:], *reversed(ranks[:start])):
		if found := _able(case, rank):
			return found
	return []


def _able(case: Document, rank: str) -> list[str]:
	"""Who stands at `rank` and can act."""
	if rank == ENGINEER and case.get("engineer"):
		return list(able_engineers([case.engineer]).values())
	return people.able(_standing(case, rank), *ROLES.get(rank, ()))


def _standing(case: Document, rank: str) -> Iterator[str]:
	"""Who is named at `rank`, whether they can act or not; a disabled team has no lead."""
	holder: Any = case if rank == ENGINEER else team_of(case)
	user = holder.get(CHAIN[rank]) if holder else None
	if user and not (rank == LEAD and holder.disabled):
		yield user


def _readers(role: str, case: Document) -> list[str]:
	"""Users with `role` who can act and may read the case; never a system account."""
	if not role:
		return []
	return [
		user for user in people.holders(role) if frappe.has_permission(case.doctype, "read", case, user=user)
	]
