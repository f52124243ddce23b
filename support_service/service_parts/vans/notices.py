"""Leads are notified of what lies wrong in the vans of their teams: once a week, and at once when an engineer leaves a full van.

The daily run looks at the vans as they are, so it makes up for a missed one; the notification itself says when a team was last told.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, now_datetime

from support_service.constants.roles import LEAD, MANAGER
from support_service.foundation import batches, desk, people
from support_service.service_parts.vans import contents

TEAM, ENGINEER = "Service Team", "Service Engineer"
EVERY = 7  # days


def run() -> int:
	"""Daily: notify the leads of each team that was not told for a week; returns how many teams were looked at. Commits."""
	teams = frappe.get_all(TEAM, {"disabled": 0}, pluck="name", order_by="name")
	return batches.one_by_one(teams, lock=partial(batches.lock_name, TEAM), work=notify_of_team)


def notify_of_team(team: str) -> None:
	"""Notify the lead of what lies wrong in the team's vans, unless they were told in the last week."""
	link = _link(team)
	users = _leads(team)
	if people.was_notified(users, link, add_days(now_datetime(), -EVERY)):
		return
	counted = _counted(_vans(team))
	if counted:
		people.notify(users, lambda lang: _words(team, counted, lang), link=link)


def on_update_service_engineer(engineer: Document, method: str | None = None) -> None:
	"""Listens to Service Engineer (hooks.py): somebody who is not active any more may have left a full van."""
	stored = engineer.get_doc_before_save()
	if stored and stored.active and not engineer.active:
		_notify_of_leaver(engineer)


def on_update_user(user: Document, method: str | None = None) -> None:
	"""Listens to User (hooks.py): so may somebody whose login was disabled."""
	stored = user.get_doc_before_save()
	left = stored and stored.enabled and not user.enabled
	if left and (name := frappe.db.get_value(ENGINEER, {"user": user.name})):
		_notify_of_leaver(frappe.get_doc(ENGINEER, name))


def _notify_of_leaver(engineer: Any) -> None:
	van = engineer.van_warehouse
	if not van or not frappe.db.exists("Bin", {"warehouse": van, "actual_qty": ("!=", 0)}):
		return

	def words(lang: str) -> str:
		return _("{0} has gone, and there is stock in the van {1}. Hand the van over.", lang).format(
			engineer.engineer_name, van
		)

	people.notify(_leads(engineer.team), words, document=(ENGINEER, engineer.name))


def _leads(team: str) -> list[str]:
	"""Who answers for the team's vans: its lead, else the managers."""
	lead = frappe.db.get_value(TEAM, team, "lead")
	return people.able([lead], LEAD, MANAGER) or people.holders(MANAGER)


def _vans(team: str) -> dict[str, Any]:
	fields = ["name", "team", "van_warehouse"]
	found = frappe.get_all(ENGINEER, {"team": team, "van_warehouse": ("is", "set")}, fields, order_by="name")
	return {engineer.van_warehouse: engineer for engineer in found}


def _counted(vans: dict[str, Any]) -> dict[str, int]:
	"""State → how many items are in it, without those that are well."""
	counted: dict[str, int] = {}
	for row in contents.of(vans):
		if row["state"] != contents.GOOD:
			counted[row["state"]] = counted.get(row["state"], 0) + 1
	return counted


def _words(team: str, counted: dict[str, int], lang: str) -> str:
	parts = {
		contents.NEGATIVE: _("{0} below zero", lang),
		contents.LEFT_BEHIND: _("{0} left behind by an engineer who has gone", lang),
		contents.OLD: _("{0} old", lang),
	}
	said = ", ".join(words.format(counted[state]) for state, words in parts.items() if state in counted)
	return _("Items in the vans of {0} that somebody should look at: {1}.", lang).format(team, said)


def _link(team: str) -> str:
	return desk.path(f"query-report/Van Stock?aged_only=1&team={frappe.utils.quoted(team)}")
