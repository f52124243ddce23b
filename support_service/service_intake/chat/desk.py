"""Whether somebody of ours can talk with a customer now, and what the settings say about it."""

from __future__ import annotations

from typing import Any

import frappe
from frappe.utils import cint

from support_service.service_intake.chat import presence, rules
from support_service.support_service.messaging import recipients

CASE = "Service Request"


def minutes() -> rules.Minutes:
	"""The settings; what says nothing has its default."""
	settings, default = frappe.get_cached_doc(recipients.SETTINGS), rules.Minutes()
	return rules.Minutes(
		present=cint(settings.get("chat_present_minutes")) or default.present,
		take=cint(settings.get("chat_take_minutes")) or default.take,
		idle=cint(settings.get("chat_idle_minutes")) or default.idle,
	)


def why_nobody(case: Any = None) -> rules.Why | None:
	"""Why nobody can talk about `case` now, None where somebody can. Without a case: about a new one."""
	asked = case or frappe._dict(doctype=CASE, team=None)
	return rules.why_nobody(closed=recipients.outside_office_hours(asked), present=bool(users_present(case)))


def users_present(case: Any = None) -> list[str]:
	"""Our people at their desk who may see `case`; of a new one nobody knows yet who will."""
	found = presence.present(minutes().present)
	return [user for user in found if not case or may_see(case, user)]


def may_see(case: Any, user: str) -> bool:
	return bool(frappe.has_permission(CASE, "read", case, user=user))
