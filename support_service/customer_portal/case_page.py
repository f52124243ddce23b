"""Collects everything that the page of one case shows its customer."""

from typing import Any

import frappe
from frappe import _
from frappe.utils.html_utils import sanitize_html

from support_service.customer_portal import (
	charges,
	files,
	messages,
	pages,
	promises,
	story,
	survey,
	wishes,
	words,
)
from support_service.foundation import instants
from support_service.permissions import contact_ties
from support_service.service_feedback import surveys

RESULT_FIELDS = ("cause", "solution", "prevention", "resolution")


def view(case: Any) -> dict[str, Any]:
	"""Context of the page of `case`, which the caller has checked to be the customer's own."""
	users, addresses = messages.people_of(case.customer)
	readable = messages.of_case(case, addresses)
	unit = _unit(case)
	moves = history(case)
	visit = _visit(case.name)
	return {
		"case": case,
		"status_words": words.status_words(case.status, case.customer_answered_on),
		"type_words": dict(words.type_choices()).get(case.request_type)
		or _(case.request_type, context="Service Request"),
		"tone": story.tone(case.status),
		"steps": [(words.step_words(step), state) for step, state in story.progress(case.status)],
		"description": sanitize_html(case.description or "", always_sanitize=True),
		"unit": unit,
		"unit_is_own": bool(unit) and unit.customer == case.customer,
		"visit": visit,
		"promises": promises.of_case(case),
		"charge": charges.of_case(case),
		"may_prove": case.status not in ("Closed", "Cancelled"),
		"history": moves,
		"asked": _asked(case, moves),
		"messages": readable,
		"files": files.of_case(case, [message.name for message in readable], users),
		"plan": plan(case),
		"result": result(case),
		"survey": _survey(case),
		"may_wish": wishes.may_wish(case) and not visit,
		"may_withdraw": case.status == "New",
		"may_write": case.status not in ("Closed", "Cancelled"),
		"has_report": case.status in story.RESULT_STATES,
	}


def _survey(case: Any) -> dict[str, Any] | None:
	"""What the open survey of a resolved case asks; None where nothing is asked."""
	name = surveys.open_survey_of(case.name) if case.status == "Resolved" else None
	return survey.asked(frappe.get_doc(surveys.SURVEY, name)) if name else None


def history(case: Any) -> list[dict[str, Any]]:
	"""The moves of a case that its customer is shown, newest first: action, text, reason, on (an instant)."""
	rows = frappe.get_all(
		"Service Request Move",
		filters={"request": case.name, "action": ["in", sorted(story.SHOWN_MOVES)]},
		fields=["action", "engineer", "reason", "moved_at", "at_utc"],
		order_by="moved_at desc, creation desc",
		limit=200,
	)
	names = _engineer_names({row.engineer for row in rows if row.engineer})
	return [
		{
			"action": row.action,
			"text": words.move_words(row.action, names.get(row.engineer)),
			"reason": story.reason_for_customer(row.action, row.reason),
			"on": instants.kept(row.moved_at, row.at_utc),
		}
		for row in rows
	]


def plan(case: Any) -> str | None:
	"""The solution plan as safe HTML, once it was delivered and until there is a result."""
	if not case.solution_plan_on or case.status in story.RESULT_STATES:
		return None
	return sanitize_html(case.solution_plan or "", always_sanitize=True)


def result(case: Any) -> dict[str, str] | None:
	"""Cause, solution, prevention and resolution as safe HTML, once the case is resolved; None before."""
	if case.status not in story.RESULT_STATES:
		return None
	shown = {
		field: sanitize_html(case.get(field), always_sanitize=True)
		for field in RESULT_FIELDS
		if words.plain(case.get(field))
	}
	return shown or None


def texts(case: Any) -> list[str]:
	"""The HTML texts by staff that the page of `case` shows, without messages and the description."""
	shown = [plan(case), *(result(case) or {}).values()]
	return [text for text in shown if text]


def entered_by(case: Any) -> str | None:
	"""The desk user who typed in `case`, and so its description.

	None where somebody else wrote the description: a customer on the portal or by mail, another record or a channel.
	"""
	if case.source_doctype or case.intake_key or case.owner == "Administrator":
		return None
	by_staff = frappe.get_cached_value("User", case.owner, "user_type") == contact_ties.DESK
	return case.owner if by_staff else None


def visible_file(case: Any, name: str) -> Any:
	"""The File `name` if this page shows it; raises pages.NotFoundForCustomerError otherwise."""
	users, addresses = messages.people_of(case.customer)
	readable = [message.name for message in messages.of_case(case, addresses)]
	if name not in {file.name for file in files.of_case(case, readable, users)}:
		frappe.throw(_("There is no such entry, or it is not one of yours."), pages.NotFoundForCustomerError)
	return frappe.get_doc("File", name)


def _asked(case: Any, moves: list[dict[str, Any]]) -> str | None:
	"""What the customer is asked for, until they have answered."""
	if case.status != "Waiting for Customer" or case.customer_answered_on:
		return None
	return next((move["reason"] for move in moves if move["action"] == "wait_for_customer"), None)


def _unit(case: Any) -> Any:
	if not case.installed_unit:
		return None
	return frappe.db.get_value(
		"Installed Unit",
		case.installed_unit,
		["name", "unit_name", "item_name", "serial_label", "customer"],
		as_dict=True,
	)


def _visit(request: str) -> Any:
	visit = pages.next_visits([request]).get(request)
	if visit:
		visit.window = words.window(visit.planned_start, visit.planned_end)
	return visit


def _engineer_names(engineers: set[str]) -> dict[str, str]:
	if not engineers:
		return {}
	return dict(
		frappe.get_all(
			"Service Engineer",
			filters={"name": ["in", sorted(engineers)]},
			fields=["name", "engineer_name"],
			as_list=True,
		)
	)
