"""Surveys: opening that of a resolved case, answering and reminding. The one writer of Service Survey.

A satisfied customer closes the case, a dissatisfied one reopens it; a low score does what the template says. The link in the
mail carries a random token, of which only the SHA-256 is stored; it expires, and works once. What is asked is written into the
survey when it is opened, so that a changed template changes no survey that is under way and no answer that was given.
Surveys at intervals, which belong to no case, are begun in `periodic.py` and answered here.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, cint, get_datetime, now_datetime

from support_service.constants.words import N_
from support_service.foundation import batches, locks
from support_service.foundation.language import of_site
from support_service.foundation.postponed import Backlog
from support_service.service_feedback import low_scores, message_events, periodic_mail, survey_templates
from support_service.service_feedback import survey_rules as rules
from support_service.service_feedback.survey_templates import Asked
from support_service.support_service import moves
from support_service.support_service.lifecycle import Status
from support_service.support_service.messaging import customer_people, held_messages, messages

SURVEY = "Service Survey"
TO_REMIND = Backlog(N_("Remind of a survey"), SURVEY)


class SurveyAnsweredError(frappe.ValidationError):
	"""The survey was answered before, or its case is no longer waiting for an answer."""


class SurveyIncompleteError(frappe.ValidationError):
	"""Something the answer needs is missing."""


def follow_move(move: Document, method: str | None = None) -> None:
	"""Handler of Service Request Move: open a survey when a case is resolved, end it when the case leaves Resolved."""
	if move.action == "resolve":
		open_survey(move.flags.case)
	elif move.from_status == Status.RESOLVED != move.to_status:
		_expire_open(move.request)


def open_survey(case: Document) -> Document:
	"""Open the survey of this round (one each time the case is resolved) and queue the mail with its link."""
	token = secrets.token_urlsafe(32)
	survey_round = cint(case.reopen_count) + 1
	language = messages.language_of(case)
	template = survey_templates.find(rules.AFTER_REQUEST, language, case.request_type)
	asked = survey_templates.asked(rules.AFTER_REQUEST, language, template)
	survey = frappe.get_doc(
		{
			"doctype": SURVEY,
			"occasion": rules.AFTER_REQUEST,
			"template": asked.template,
			"language": language,
			"answers": rows_of(asked),
			"service_request": case.name,
			"item_code": case.item_code,
			"round": survey_round,
			"customer": case.customer,
			"contact_email": case.contact_email,
			"team": case.team,
			"department_queue": case.department_queue,
			"engineer_user": case.engineer_user,
			"status": "Open",
			"opened_on": now_datetime(),
			"expires_on": valid_until(),
			"token_hash": fingerprint(token),
			"survey_key": f"{case.name}:{survey_round}",
		}
	)
	write(survey)
	_queue_link(case, survey, token)
	return survey


def valid_until() -> Any:
	"""Until when a link that is sent now works."""
	days = cint(frappe.get_cached_doc("Support Service Settings").survey_link_days) or 14
	return add_to_date(now_datetime(), days=days)


def rows_of(asked: Asked) -> list[dict[str, Any]]:
	"""The questions as rows of a survey, to be filled in when they are answered."""
	return [
		{
			"question": each.question,
			"kind": each.kind,
			"choices": "\n".join(each.choices),
			"mandatory": int(each.mandatory),
		}
		for each in asked.questions
	]


def write(survey: Document) -> None:
	"""Save a survey; the one writer."""
	survey.flags.from_survey_writer = True
	# nobody has create or write permission: surveys come from cases, and who answers is checked by the caller
	survey.save(ignore_permissions=True)


def fingerprint(token: str) -> str:
	"""What is stored of a token, so that who reads the database cannot answer for the customer."""
	return hashlib.sha256(token.encode()).hexdigest()


def find_by_token(token: str) -> Document | None:
	"""The open, unexpired survey of `token`, else None, whether it was used, has expired or never existed."""
	name = frappe.db.get_value(SURVEY, {"token_hash": fingerprint(token or ""), "status": "Open"})
	if not name:
		return None
	survey = frappe.get_doc(SURVEY, name)
	return survey if get_datetime(survey.expires_on) > now_datetime() else None


def find_answered(token: str, key: str | None) -> Document | None:
	"""The survey that was answered by this very sending: the second of two clicks, or a sending whose answer was lost.

	key: made once by the page that was opened; whoever opens the link again has another.
	"""
	name = frappe.db.get_value(SURVEY, {"answer_key": repeat_key(token, key)}) if token and key else None
	return frappe.get_doc(SURVEY, name) if name else None


def repeat_key(what: str, key: str | None) -> str | None:
	"""What is stored of a sending: `what` was answered (a token, a case) by the page with this key."""
	return fingerprint(f"{what}:{key}") if key else None


def answer(
	survey: str,
	*,
	satisfied: bool | None = None,
	score: int | None = None,
	comment: str | None = None,
	answers: Mapping[int, Any] | None = None,
	via: str,
	by: str,
	sending: str | None = None,
) -> Document:
	"""Store the answer and close or reopen the case; refused to somebody who worked on it.

	The caller has checked that `by`, the name or address of who answered, may answer for the customer.
	satisfied: of a survey after a request, whether it is solved. answers: number of a row, from 0 → what was answered.
	score: the first satisfaction, 1 (bad) to 5 (good), where `answers` does not name it. via: "Portal", "Link" or "Phone".
	sending: the `repeat_key` of this sending.

	:raises SurveyAnsweredError: the survey is not open any more.
	:raises SurveyIncompleteError: an answer does not fit its question, or a dissatisfied customer does not say why.
	"""
	# locks the case first, in the same order as every move of a case
	case = _locked_case(survey)
	doc = locks.get_doc(SURVEY, survey)
	if case:
		customer_people.refuse_own_answer(case, for_customer=via != "Phone")
	else:
		customer_people.refuse_own_answer_of(doc.customer, for_customer=via != "Phone")
	if doc.status != "Open":
		frappe.throw(_("This survey has been answered already. Thank you."), SurveyAnsweredError)
	if case and satisfied is None:
		frappe.throw(_("Please choose yes or no."), SurveyIncompleteError)
	_fill_in(doc, dict(answers or {}), score)
	if case and not satisfied and not (comment or "").strip():
		frappe.throw(_("Please tell us what is still wrong, so that we can go on."), SurveyIncompleteError)
	asked = survey_templates.asked(doc.occasion or rules.AFTER_REQUEST, of_site(), doc.template)
	doc.low_score = int(_is_low(doc, asked))
	doc.update(
		{
			"status": "Answered",
			"satisfied": ("Yes" if satisfied else "No") if case else "",
			"comment": (comment or "")[: rules.LONGEST_WORDS] or None,
			"answered_on": now_datetime(),
			"answered_by": by,
			"answered_via": via,
			"recorded_by": frappe.session.user,
			"token_hash": None,
			"answer_key": sending,
		}
	)
	reopens = bool(case) and (not satisfied or (doc.low_score and asked.on_low_score == rules.REOPEN))
	doc.follow_up = "Reopened" if reopens else ""
	write(doc)
	if case:
		_move(case, doc, reopens)
	if doc.low_score and not reopens and asked.on_low_score != rules.NOTHING:
		_have_called(doc, case, asked.call_within_hours)
	return doc


def _locked_case(survey: str) -> Document | None:
	name = _case_of(survey)
	return locks.get_doc("Service Request", name) if name else None


def _fill_in(doc: Document, values: dict[int, Any], score: int | None) -> None:
	"""Write the answers into the rows of `doc`, and the first satisfaction into its score."""
	questions = [survey_templates.question_of(row) for row in doc.answers]
	content = next((n for n, each in enumerate(questions) if each.kind == rules.SATISFACTION), None)
	if score is not None:
		if not 1 <= cint(score) <= 5:
			frappe.throw(_("Please choose a score from 1 to 5."), SurveyIncompleteError)
		if content is None:
			doc.score = cint(score)
		else:
			values.setdefault(content, cint(score))
	try:
		found = rules.read_answers(questions, values)
	except rules.DoesNotFitError as error:
		asked = questions[error.question].question
		text = (
			_("Please answer: {0}") if error.missing else _("This is no answer to: {0}. Please choose again.")
		)
		frappe.throw(text.format(frappe.utils.escape_html(asked)), SurveyIncompleteError)
	for row, given in zip(doc.answers, found, strict=True):
		if given:
			row.update({"answered": 1, "number": given.number, "answer": given.answer})
	if content is not None and found[content]:
		doc.score = found[content].number


def _is_low(doc: Document, asked: Asked) -> bool:
	kinds = [row.kind for row in doc.answers]
	given = [rules.Answer(row.number, row.answer or "") if row.answered else None for row in doc.answers]
	if doc.score and rules.SATISFACTION not in kinds:
		kinds, given = [*kinds, rules.SATISFACTION], [*given, rules.Answer(cint(doc.score), "")]
	return rules.is_low(kinds, given, asked.limits)


def _move(case: Document, doc: Document, reopens: bool) -> None:
	reason = doc.comment
	if reopens and not (reason or "").strip():
		reason = _("The customer's score is low", of_site())
	moves.apply_move(case, "dispute" if reopens else "confirm", reason=reason, reference=doc, by_app=True)


def _have_called(doc: Document, case: Document | None, within_hours: int) -> None:
	"""Somebody calls the customer: whoever listens to `scored_low` writes a call-back, else the lead is told to call."""
	doc.flags.call_within_hours = cint(within_hours) or 24
	doc.flags.call_scheduled = False
	doc.run_method("scored_low")
	scheduled = doc.flags.call_scheduled
	if not scheduled:
		low_scores.tell_lead(doc, case)
	doc.db_set("follow_up", "Call Scheduled" if scheduled else "Lead Told to Call", update_modified=False)


def open_survey_of(request: str) -> str | None:
	"""Name of the case's open survey."""
	return frappe.db.get_value(SURVEY, {"service_request": request, "status": "Open"})


def remind(limit: int = 500) -> int:
	"""Daily: send one reminder, with a new link, for each survey still open after the days in the settings.

	Returns for how many.
	"""
	days = cint(frappe.get_cached_doc("Support Service Settings").survey_reminder_days)
	if not days:
		return 0
	names = frappe.get_all(
		SURVEY,
		filters={
			"status": "Open",
			"reminded_on": ("is", "not set"),
			"opened_on": ("<=", add_to_date(now_datetime(), days=-days)),
			"expires_on": (">", now_datetime()),
		},
		# those at intervals that have not been sent yet have nothing to be reminded of
		or_filters={"service_request": ("is", "set"), "asked_on": ("is", "set")},
		pluck="name",
		order_by="opened_on, name",
	)
	return batches.one_by_one(
		names,
		lock=lambda name: batches.lock_row(SURVEY, name, "status", "Open"),
		work=_remind_one,
		backlog=TO_REMIND,
		limit=limit,
	)


def expire() -> int:
	"""Daily: surveys at intervals whose link is over. One after a request stays open: staff may still call. Returns of how many."""
	over = {"status": "Open", "service_request": ("is", "not set"), "expires_on": ("<", now_datetime())}
	return batches.one_by_one(
		frappe.get_all(SURVEY, filters=over, pluck="name", order_by="expires_on, name"),
		lock=lambda name: batches.lock_row(SURVEY, name, "status", "Open"),
		work=lambda name: frappe.db.set_value(SURVEY, name, {"status": "Expired", "token_hash": None}),
	)


def _remind_one(name: str) -> None:
	survey = locks.get_doc(SURVEY, name)
	if survey.reminded_on or _is_held(survey):
		return  # another worker was faster, or the first mail is not sent yet
	token = secrets.token_urlsafe(32)
	survey.db_set({"token_hash": fingerprint(token), "reminded_on": now_datetime()})
	if not survey.service_request:
		periodic_mail.send(survey, token, reminder=True)
		return
	_queue_link(frappe.get_doc("Service Request", survey.service_request), survey, token, reminder=True)


def _is_held(survey: Document) -> bool:
	"""Whether the mail with the first link waits until somebody confirms the address; a new link would end that one unsent."""
	return bool(
		frappe.db.exists(
			"Service Message", {"message_key": f"survey:{survey.name}", "status": held_messages.WAITING}
		)
	)


def _case_of(survey: str) -> str:
	return frappe.db.get_value(SURVEY, survey, "service_request")


def _queue_link(case: Document, survey: Document, token: str, *, reminder: bool = False) -> None:
	if messages.sender_of(case) is None:
		return  # the customer wants to be called, or looks at the portal, which asks as well
	messages.tell(
		case,
		message_events.SURVEY,
		{"resolution": case.resolution, "link": messages.SECRET_MARK},
		key=f"survey:{survey.name}{':reminder' if reminder else ''}",
		sender=messages.DEFAULT_SENDER,
		# whoever reads the outbox must not be able to answer for the customer
		secret=frappe.utils.get_url(f"/service-survey?token={token}"),
	)


def _expire_open(request: str) -> None:
	"""Expire the open survey of a case that left Resolved in another way: its link must not move the case again."""
	for name in frappe.get_all(SURVEY, filters={"service_request": request, "status": "Open"}, pluck="name"):
		frappe.db.set_value(SURVEY, name, {"status": "Expired", "token_hash": None})
