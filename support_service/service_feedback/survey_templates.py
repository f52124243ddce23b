"""Which questions are asked: the company's template that fits best, else those the app brings along."""

from __future__ import annotations

from dataclasses import dataclass, field

import frappe
from frappe import _

from support_service.service_feedback import survey_rules as rules
from support_service.service_feedback.survey_rules import Limits, Question

TEMPLATE = "Service Survey Template"


@dataclass(frozen=True, slots=True)
class Asked:
	"""What one survey asks, in the words of its language, and what a low score leads to. template: None for the app's own."""

	questions: tuple[Question, ...]
	template: str | None = None
	introduction: str = ""
	thanks: str = ""
	subject: str = ""
	on_low_score: str = rules.CALL
	call_within_hours: int = 24
	limits: Limits = field(default_factory=Limits)


def find(occasion: str, language: str, request_type: str | None = None) -> str | None:
	"""The enabled template that fits best: of this request type before any, of this language before any; None without one."""
	languages = (language, language.split("-")[0], "")
	rows = frappe.get_all(
		TEMPLATE,
		filters={"occasion": occasion, "disabled": 0},
		fields=["name", "language", "request_type"],
		order_by="creation, name",
	)
	fitting = [
		row
		for row in rows
		if (row.language or "") in languages and (row.request_type or "") in (request_type or "", "")
	]
	fitting.sort(key=lambda row: (not row.request_type, languages.index(row.language or "")))
	return fitting[0].name if fitting else None


def asked(occasion: str, language: str, template: str | None) -> Asked:
	"""What `template` asks, in `language`; the app's own questions without one, or where it is gone."""
	doc = frappe.get_doc(TEMPLATE, template) if template and frappe.db.exists(TEMPLATE, template) else None
	if not doc:
		return Asked(tuple(_translated(each, language) for each in rules.BUILT_IN[occasion]))
	return Asked(
		questions=tuple(_translated(question_of(row), language) for row in doc.questions),
		template=doc.name,
		introduction=_say(doc.introduction, language),
		thanks=_say(doc.thanks, language),
		subject=_say(doc.subject, language),
		on_low_score=doc.on_low_score,
		call_within_hours=doc.call_within_hours,
		limits=Limits(doc.low_satisfaction, doc.low_recommendation, doc.low_effort),
	)


def question_of(row: object) -> Question:
	"""A row of a template or of a survey."""
	choices = tuple(line.strip() for line in (row.choices or "").splitlines() if line.strip())
	return Question(row.question, row.kind, choices, bool(row.mandatory))


def _translated(question: Question, language: str) -> Question:
	choices = tuple(_say(choice, language) for choice in question.choices)
	return Question(_say(question.question, language), question.kind, choices, question.mandatory)


def _say(text: str | None, language: str) -> str:
	"""What a company writes may stand among Frappe's translations of the site."""
	return _(text, language) if text else ""
