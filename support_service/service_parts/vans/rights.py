"""Who may do what with which van: its engineer with the own one, a lead with those of the teams they lead, a manager with all."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

from support_service.constants.roles import ENGINEER, LEAD, MANAGER
from support_service.permissions.role_check import has_role
from support_service.permissions.who import led_teams_of

ALL_VANS = (MANAGER, "System Manager")
STORE = ("Stock User", "Stock Manager")


def leads(team: str | None) -> bool:
	"""Whether the caller is in charge of the vans of `team`."""
	if has_role(ALL_VANS):
		return True
	return has_role((LEAD,)) and team in led_teams_of(frappe.session.user)


def is_own(engineer: Any) -> bool:
	"""Whether the caller is this active Service Engineer."""
	own = engineer.user == frappe.session.user
	return bool(own and engineer.active and has_role((ENGINEER, LEAD, MANAGER)))


def may_use(engineer: Any) -> bool:
	"""Whether the caller may count the van of this Service Engineer."""
	return is_own(engineer) or leads(engineer.team)


def require_engineer(name: str) -> Document:
	"""The Service Engineer `name`, whose van the caller may count; PermissionError otherwise, also where there is none."""
	engineer = (
		frappe.get_doc("Service Engineer", name) if frappe.db.exists("Service Engineer", name) else None
	)
	if not engineer or not may_use(engineer):
		frappe.throw(
			_("You may count your own van, and the vans of the teams you lead."), frappe.PermissionError
		)
	return engineer


def require_lead(*teams: str | None) -> None:
	"""PermissionError unless the caller is in charge of one of `teams`."""
	if not any(leads(team) for team in teams):
		frappe.throw(_("Only the lead of the team, or a manager, may do this."), frappe.PermissionError)


def seen_engineers() -> list[Any]:
	"""Service Engineers with a van that the caller may use, by name: name, engineer_name, user, team, active, van_warehouse."""
	fields = ["name", "engineer_name", "user", "team", "active", "van_warehouse", "supplying_warehouse"]
	# past the user's permissions: everybody of ours may read engineers, and only those of the caller stay
	found = frappe.get_all(
		"Service Engineer", {"van_warehouse": ("is", "set")}, fields, order_by="engineer_name, name"
	)
	return [engineer for engineer in found if may_use(engineer)]
