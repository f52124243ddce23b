"""The whitelisted functions of service feedback, for staff; customers answer on the portal (customer_portal)."""

from typing import Any

import frappe
from frappe import _

from support_service.constants.roles import DESK_AGENT, LEAD, MANAGER, STAFF
from support_service.permissions import named_links
from support_service.service_feedback import improvements, surveys
from support_service.service_feedback.problems import problems

STEPS = {
	"done": improvements.done,
	"prove": improvements.prove,
	"again": improvements.again,
	"drop": improvements.drop,
}


@frappe.whitelist(methods=["POST"])
def answer_by_phone(
	survey: str,
	answered_by: str,
	satisfied: bool | None = None,
	score: int | None = None,
	comment: str | None = None,
	answers: str | dict[str, Any] | None = None,
) -> str | None:
	"""Store what the customer said on the phone to an agent, lead or manager; returns the case's number, if it has one.

	answers: number of the question, from 0 → answer. Refused to somebody who worked on the case; see `surveys.answer`.
	"""
	frappe.only_for((DESK_AGENT, LEAD, MANAGER, "System Manager"))
	doc = frappe.get_doc(surveys.SURVEY, survey)
	doc.check_permission("read")
	given = frappe.parse_json(answers) if answers else {}
	if not isinstance(given, dict):
		frappe.throw(_("Answers are sent by the number of their question."))
	return surveys.answer(
		survey,
		satisfied=satisfied,
		score=score,
		comment=comment,
		answers={int(number): value for number, value in given.items() if str(number).isdigit()},
		via="Phone",
		by=answered_by,
	).service_request


@frappe.whitelist(methods=["POST"])
def improvement_step(name: str, action: str, text: str) -> str:
	"""Take one of STEPS on an improvement; returns its new status. text: what was done, what proves it, or why."""
	frappe.get_doc(improvements.IMPROVEMENT, name).check_permission("write")
	step = STEPS.get(action)
	if not step:
		frappe.throw(_("There is no step called {0}.").format(frappe.utils.escape_html(action)))
	return step(name, text).status


@frappe.whitelist()
def problems_of(request: str) -> list[dict[str, Any]]:
	"""Known problems to show on a request: its own, else those of its product that sound alike."""
	case = frappe.get_doc("Service Request", request)
	case.check_permission("read")
	frappe.has_permission(problems.PROBLEM, throw=True)
	return problems.shown_for(case)


@frappe.whitelist(methods=["POST"])
def link_problem(request: str, problem: str) -> str:
	"""This request is that problem. For whoever may read the request."""
	frappe.only_for((*STAFF, "System Manager"))
	frappe.get_doc("Service Request", request).check_permission("read")
	named_links.require(problems.PROBLEM, problem, _(problems.PROBLEM))
	return problems.link(problem, request).name


@frappe.whitelist(methods=["POST"])
def unlink_problem(request: str) -> str | None:
	"""This request is not that problem after all."""
	frappe.only_for((*STAFF, "System Manager"))
	frappe.get_doc("Service Request", request).check_permission("read")
	return problems.unlink(request)
