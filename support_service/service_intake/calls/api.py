"""Whitelisted functions of calls: the hotline page, the supervisor's page and the form of a call-back.

Each checks the role first, then the permission on the document.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

from support_service.constants.roles import LEAD, MANAGER, STAFF
from support_service.permissions import role_check
from support_service.service_intake.calls import call_backs, callers, duty, events, live, screen

CALL, BACK = screen.CALL, call_backs.BACK
SUPERVISORS = (LEAD, MANAGER)


class NoteMissingError(frappe.ValidationError):
	"""There is nothing to write down."""


@frappe.whitelist()
def my_calls(call: str | None = None) -> dict[str, Any]:
	"""The caller's own call, calls that wait for anybody, and teams that are outside office hours with who is on duty.

	call: the one that is on the screen already; answered as `shown`.
	"""
	_only_for(events.ROLES)
	return {**screen.mine(call), "closed_teams": duty.closed_teams()}


@frappe.whitelist()
def caller_of(call: str) -> callers.Callers:
	"""Contacts and open cases with the number of a call; `chosen` where there is one trusted Contact alone."""
	_require(call)
	return screen.caller_of(call)


@frappe.whitelist(methods=["POST"])
def take(call: str) -> dict[str, Any]:
	"""Take a call that waits for anybody."""
	_require(call)
	return screen.take(call)


@frappe.whitelist(methods=["POST"])
def note_on_case(call: str, request: str, note: str) -> str:
	"""Write what was said in a call on a request that is there already; returns the request."""
	_require(call)
	frappe.has_permission("Service Request", "write", doc=request, throw=True)
	if not note.strip():
		frappe.throw(_("Write down what was said first."), NoteMissingError)
	screen.note_on(call, request, note.strip())
	return request


@frappe.whitelist()
def live_view() -> dict[str, Any]:
	"""Who talks, who waits, unanswered calls of today and open call-backs."""
	_only_for(SUPERVISORS)
	return live.now()


@frappe.whitelist(methods=["POST"])
def take_call_back(call_back: str) -> None:
	"""Take a call-back upon oneself."""
	_require_call_back(call_back)
	call_backs.assign(call_back, frappe.session.user)


@frappe.whitelist()
def who_calls_back() -> list[dict[str, str]]:
	"""Our people who can be given a call-back: `value` the user, `label` the name, whoever is on duty first."""
	_only_for(events.ROLES)
	return call_backs.workers()


@frappe.whitelist(methods=["POST"])
def assign_call_back(call_back: str, user: str, due_by: str | None = None) -> None:
	"""Give a call-back to `user`. due_by: another time by which it is to be done."""
	_only_for(events.ROLES)
	_require_call_back(call_back)
	call_backs.assign(call_back, user, due_by)


@frappe.whitelist(methods=["POST"])
def close_call_back(call_back: str, note: str) -> None:
	"""Say that somebody was called back, or why nobody has to."""
	_require_call_back(call_back)
	if not note.strip():
		frappe.throw(_("Say how it ended first."), NoteMissingError)
	call_backs.close(call_back, note.strip())


def _require(call: str) -> None:
	_only_for(events.ROLES)
	frappe.has_permission(CALL, "read", doc=call, throw=True)


def _require_call_back(call_back: str) -> None:
	_only_for(STAFF)
	frappe.has_permission(BACK, "read", doc=call_back, throw=True)


def _only_for(roles: tuple[str, ...]) -> None:
	role_check.require_role(
		roles,
		_("This is for {0}. Ask the Service Manager for one of these roles.").format(
			", ".join(_(role) for role in roles)
		),
	)
