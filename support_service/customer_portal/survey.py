"""The survey page behind the link in a mail, for guests, and the questions of a survey as every page shows them."""

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils.html_utils import sanitize_html

from support_service.foundation import rate_limits
from support_service.service_feedback import survey_rules as rules
from support_service.service_feedback import survey_templates, surveys

# pages opened in an hour: by one address, by all guests together
LOOKS = {"address": 120, "site": 3000}
# an answer comes as the field of this name and the number of its question
FIELD = "question_"


def page(token: str) -> dict[str, Any]:
	"""Context of the page: token, questions, facts of the case. `valid` is False for a wrong, used or expired link.

	Raises rate_limits.TooManyRequestsError: tokens are 256 bits and cannot be guessed; the limit keeps the database from being
	searched.
	"""
	rate_limits.count_guest("survey-page", **LOOKS)
	survey = surveys.find_by_token(token) if 20 <= len(token) <= 200 else None
	if not survey:
		return {"valid": False}
	# whoever follows the link has no login that says a language: the page speaks that of the mail
	if frappe.session.user == "Guest" and survey.language:
		frappe.local.lang = survey.language
	shown = asked(survey)
	context = {"valid": True, "token": token, "number": "", "survey": shown, **shown}
	if survey.service_request:
		case = frappe.db.get_value(
			"Service Request",
			survey.service_request,
			["name", "subject", "solution", "resolution"],
			as_dict=True,
		)
		solution = case.solution or case.resolution or ""
		context |= {
			"number": case.name,
			"subject": case.subject,
			"solution": sanitize_html(solution, always_sanitize=True),
		}
	return context


def asked(survey: Document) -> dict[str, Any]:
	"""The questions of a survey as the form shows them, its introduction and thanks."""
	template = survey_templates.asked(
		survey.occasion or rules.AFTER_REQUEST, frappe.local.lang, survey.template
	)
	questions = []
	for number, row in enumerate(survey.answers):
		question = survey_templates.question_of(row)
		low, high = rules.SCALES.get(question.kind, (0, 0))
		questions.append(
			{
				"name": f"{FIELD}{number}",
				"question": question.question,
				"kind": question.kind,
				"mandatory": question.mandatory,
				"choices": question.choices,
				"numbers": list(range(low, high + 1)) if high else [],
				"hint": _hint(question.kind),
			}
		)
	return {
		"questions": questions,
		"introduction": template.introduction,
		"thanks": template.thanks,
		"after_request": bool(survey.service_request),
	}


def _hint(kind: str) -> str:
	"""What the ends of a scale mean."""
	hints = {
		rules.SATISFACTION: _("1: not at all, 5: very much"),
		rules.RECOMMENDATION: _("0: certainly not, 10: certainly"),
		rules.EFFORT: _("1: very hard, 7: very easy"),
	}
	return hints.get(kind, "")


def sent_answers() -> dict[int, Any]:
	"""Number of the question → what the form of this request sends."""
	sent = frappe.form_dict or {}
	numbers = {key[len(FIELD) :]: value for key, value in sent.items() if key.startswith(FIELD)}
	return {int(number): value for number, value in numbers.items() if number.isascii() and number.isdigit()}
