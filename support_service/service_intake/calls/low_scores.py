"""A customer whose score in a survey is low is called back. Listens to Service Survey (event `scored_low`)."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, now_datetime

from support_service.constants.roles import LEAD, MANAGER
from support_service.foundation import language, people
from support_service.permissions import contact_ties
from support_service.service_intake.calls import call_backs, duty, register
from support_service.support_service.messaging import customer_people


def follow_survey(survey: Document, method: str | None = None) -> None:
	"""Write a call-back, given to the lead of the team unless they worked on the case; where there is no number, nothing."""
	case = frappe.get_doc("Service Request", survey.service_request) if survey.service_request else None
	number = _number_for(survey, case)
	key = register.key_of(number)
	if not number or not key:
		return
	lead = frappe.db.get_value("Service Team", survey.team, "lead") if survey.team else None
	at_work = customer_people.workers(case) if case else set()
	caller = next(iter(people.able([lead] if lead not in at_work else [], LEAD, MANAGER)), None)
	said = _("Low score in survey {0}: {1}", language.of_site()).format(survey.name, survey.comment or "-")
	name = call_backs.wanted(
		number,
		key,
		due_by=add_to_date(now_datetime(), hours=survey.flags.call_within_hours),
		assigned_to=caller,
		note=said,
		customer=survey.customer,
		contact=case.contact if case else None,
		caller_name=case.contact_name if case else None,
		service_request=survey.service_request,
	)
	survey.flags.call_scheduled = True
	people.notify(
		[caller] if caller else duty.leads(),
		lambda lang: _("Low score, please call: {0}", lang).format(number),
		document=(call_backs.BACK, name),
	)


def _number_for(survey: Document, case: Document | None) -> str | None:
	"""The number of the case, else of its contact, else of the contact who was asked."""
	if case and case.contact_phone:
		return case.contact_phone
	contact = case.contact if case else None
	if not contact and survey.contact_email and survey.customer:
		address = survey.contact_email.lower()
		ties = contact_ties.ties_of([survey.customer])
		contact = next((tie.contact for tie in ties if tie.known and address in tie.addresses), None)
	found: Any = frappe.db.get_value("Contact", contact, ["mobile_no", "phone"]) if contact else None
	return next(filter(None, found or ()), None)
