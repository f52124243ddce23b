"""The survey of a resolved case: opening, answering and reminding. The one writer of Service Survey.

A satisfied customer closes the case, a dissatisfied one reopens it. The link in the mail carries a random token, of which
only the SHA-256 is stored; it expires, and works once.
"""

from __future__ import annotations

import hashlib
import secrets

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, cint, get_datetime, now_datetime

from support_service.constants.words import N_
from support_service.foundation import batches, locks
from support_service.foundation.postponed import Backlog
from support_service.service_feedback import message_events
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
	days = cint(frappe.get_cached_doc("Support Service Settings").survey_link_days) or 14
	survey = frappe.get_doc(
		{
			"doctype": SURVEY,
			"service_request": case.name,
			"round": survey_round,
			"customer": case.customer,
			"contact_email": case.contact_email,
			"team": case.team,
			"department_queue": case.department_queue,
			"engineer_user": case.engineer_user,
			"status": "Open",
			"opened_on": now_datetime(),
			"expires_on": add_to_date(now_datetime(), days=days),
			"token_hash": fingerprint(token),
			"survey_key": f"{case.name}:{survey_round}",
		}
	)
	_write(survey)
	_queue_link(case, survey, token)
	return survey


def _write(survey: Document) -> None:
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


def answer(
	survey: str,
	*,
	satisfied: bool,
	score: int | None = None,
	comment: str | None = None,
	via: str,
	by: str,
) -> Document:
	"""Store the answer and close or reopen the case; refused to somebody who worked on it.

	The caller has checked that `by`, the name or address of who answered, may answer for the customer.
	score: 1 (bad) to 5 (good). via: "Portal", "Link" or "Phone".

	:raises SurveyAnsweredError: the survey is not open any more.
	:raises SurveyIncompleteError: the score is not from 1 to 5, or a dissatisfied customer does not say why.
	"""
	# locks the case first, in the same order as every move of a case
	case = locks.get_doc("Service Request", _case_of(survey))
	customer_people.refuse_own_answer(case, for_customer=via != "Phone")
	doc = locks.get_doc(SURVEY, survey)
	if doc.status != "Open":
		frappe.throw(_("This survey has been answered already. Thank you."), SurveyAnsweredError)
	if score is not None and not 1 <= cint(score) <= 5:
		frappe.throw(_("Please choose a score from 1 to 5."), SurveyIncompleteError)
	if not satisfied and not (comment or "").strip():
		frappe.throw(_("Please tell us what is still wrong, so that we can go on."), SurveyIncompleteError)
	doc.update(
		{
			"status": "Answered",
			"satisfied": "Yes" if satisfied else "No",
			"score": cint(score),
			"comment": comment,
			"answered_on": now_datetime(),
			"answered_by": by,
			"answered_via": via,
			"recorded_by": frappe.session.user,
			"token_hash": None,
		}
	)
	_write(doc)
	moves.apply_move(
		case,
		"confirm" if satisfied else "dispute",
		reason=comment,
		reference=doc,
		by_app=True,
	)
	return doc


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


def _remind_one(name: str) -> None:
	survey = locks.get_doc(SURVEY, name)
	if survey.reminded_on or _is_held(survey):
		return  # another worker was faster, or the first mail is not sent yet
	token = secrets.token_urlsafe(32)
	survey.db_set({"token_hash": fingerprint(token), "reminded_on": now_datetime()})
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
