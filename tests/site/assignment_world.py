"""A crew and a new case of it, giving tasks as the sidebar does, and how the case stands then."""

import json

import frappe
import pytest
from frappe.desk.form import assign_to

from tests import factories

CASE = "Service Request"


def make_crew():
	"""A team with lead and engineer, a new case of it, and what other people there are."""
	lead = factories.make_user("After-Sales Lead").name
	team = factories.make_service_team(lead=lead).name
	engineer = factories.make_service_engineer(team=team)
	case = factories.make_service_request(team=team)
	return frappe._dict(lead=lead, team=team, engineer=engineer, user=engineer.user, case=case.name)


def give(case: str, *users: str, **more: str) -> list:
	"""What the sidebar, and REST, call."""
	return assign_to.add({"doctype": CASE, "name": case, "assign_to": json.dumps(users), **more})


def standing(case: str) -> tuple[str, str | None, list[str], list[str]]:
	"""State, engineer, whose open tasks there are, and how often the case was assigned."""
	state, engineer = frappe.db.get_value(CASE, case, ["status", "engineer"])
	tasks = frappe.get_all(
		"ToDo", {"reference_name": case, "status": "Open"}, pluck="allocated_to", order_by="creation"
	)
	moves = frappe.get_all(
		"Service Request Move",
		{"request": case, "action": ("!=", "create")},
		pluck="action",
		order_by="creation",
	)
	assert tasks == list(reversed(json.loads(frappe.db.get_value(CASE, case, "_assign") or "[]")))
	return state, engineer, tasks, moves


def refused(error: type[Exception], words: str, act) -> None:
	"""`act` raises `error` with `words`; what it had written is undone, as at the end of a request."""
	frappe.db.savepoint("refused")
	with pytest.raises(error, match=words):
		act()
	frappe.db.rollback(save_point="refused")
	frappe.clear_messages()
