"""Surveys from before keep their question and their score as a row; products are those of their requests. New settings show."""

from __future__ import annotations

import frappe
from frappe import _

from support_service.foundation import rows
from support_service.foundation.language import of_site
from support_service.service_feedback import survey_rules as rules

SURVEY, ROW = "Service Survey", "Service Survey Answer"
SETTINGS = "Support Service Settings"
DEFAULTS = {"problem_after": 3, "problem_days": 180}
CHUNK = 1000


def execute() -> None:
	"""Each once; run again it finds none."""
	_settings()
	_products()
	while without := _without_rows():
		_add_rows(without)


def _settings() -> None:
	stored = frappe.db.get_singles_dict(SETTINGS)
	missing = {field: value for field, value in DEFAULTS.items() if stored.get(field) in (None, "")}
	if missing:
		frappe.db.set_single_value(SETTINGS, missing)


def _products() -> None:
	survey, case = frappe.qb.DocType(SURVEY), frappe.qb.DocType("Service Request")
	found = (
		frappe.qb.from_(survey)
		.join(case)
		.on(case.name == survey.service_request)
		.select(survey.name, case.item_code)
		.where(survey.item_code.isnull() & case.item_code.isnotnull())
		.run()
	)
	by_item: dict[str, list[str]] = {}
	for name, item_code in found:
		by_item.setdefault(item_code, []).append(name)
	for item_code, names in by_item.items():
		frappe.db.set_value(SURVEY, {"name": ("in", names)}, "item_code", item_code, update_modified=False)
	frappe.qb.update(survey).set(survey.occasion, rules.AFTER_REQUEST).where(
		survey.occasion.isnull() | (survey.occasion == "")
	).run()


def _without_rows() -> list[frappe._dict]:
	survey, row = frappe.qb.DocType(SURVEY), frappe.qb.DocType(ROW)
	return (
		frappe.qb.from_(survey)
		.left_join(row)
		.on((row.parent == survey.name) & (row.parenttype == SURVEY))
		.select(
			survey.name, survey.status, survey.score, survey.language, survey.contact_email, survey.customer
		)
		# one at intervals came with its questions
		.where(row.name.isnull() & survey.service_request.isnotnull())
		.limit(CHUNK)
		.run(as_dict=True)
	)


def _add_rows(surveys: list[frappe._dict]) -> None:
	question = rules.BUILT_IN[rules.AFTER_REQUEST][0]
	values = []
	for survey in surveys:
		language = survey.language or _language_of(survey)
		answered = bool(survey.score)
		values.append(
			{
				"name": frappe.generate_hash(length=10),
				"parent": survey.name,
				"parenttype": SURVEY,
				"parentfield": "answers",
				"idx": 1,
				"question": _(question.question, language),
				"kind": question.kind,
				"answered": int(answered),
				"number": survey.score or 0,
				"answer": str(survey.score) if answered else None,
			}
		)
	rows.insert(ROW, values)


def _language_of(survey: frappe._dict) -> str:
	"""In which it was asked, as `messages.language_of` would say."""
	user = frappe.db.get_value("User", survey.contact_email, "language") if survey.contact_email else None
	return user or frappe.db.get_value("Customer", survey.customer, "language") or of_site()
