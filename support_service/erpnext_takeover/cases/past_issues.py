"""Issues → Service Requests with their status, times and texts. The mails stay with the Issue, which the request links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import frappe
from frappe.utils import get_datetime

from support_service.constants.words import N_
from support_service.erpnext_takeover.cases import old_records
from support_service.erpnext_takeover.cases.old_records import Known, if_known
from support_service.erpnext_takeover.cases.past_rules import moves_of_issue
from support_service.erpnext_takeover.kinds import (
	ALREADY,
	CHANNEL,
	SKIPPED,
	WOULD,
	Plan,
	Scope,
	Target,
	filters_of,
)
from support_service.erpnext_takeover.kinds import next_names as _next
from support_service.erpnext_takeover.records import (
	default_company,
	mail_of,
	raised_at,
	say,
	text_of,
)
from support_service.foundation import rows
from support_service.support_service.past_cases import history
from support_service.support_service.past_cases.past_case import PastCase

DOCTYPE = "Issue"
FIELDS = (
	"name",
	"subject",
	"customer",
	"company",
	"contact",
	"raised_by",
	"status",
	"priority",
	"issue_type",
	"description",
	"resolution_details",
	"opening_date",
	"opening_time",
	"first_responded_on",
	"on_hold_since",
	"sla_resolution_date",
	"owner",
	"creation",
	"modified",
)
URGENCIES = ("High", "Medium", "Low")

NO_COMPANY = N_("It names no company and the site has no default company. Set one in Global Defaults.")
CUSTOMER_GONE = N_("Its customer {0} does not exist any more; the request has none.")


def count(scope: Scope) -> int:
	return frappe.db.count(DOCTYPE, filters_of(scope, dated="opening_date"))


def names(scope: Scope, after: str, limit: int) -> list[str]:
	return _next(DOCTYPE, filters_of(scope, dated="opening_date", after=after), limit)


def plan(names: Sequence[str], scope: Scope) -> list[Plan]:
	issues = frappe.get_all(DOCTYPE, {"name": ("in", names)}, list(FIELDS), order_by="name asc")
	there = history.cases_of(DOCTYPE, names)
	known = old_records.known(issues, Customer="customer", Contact="contact", User="owner")
	return [_plan(issue, there.get(issue.name), known) for issue in issues]


def make(plans: Sequence[Plan]) -> Mapping[str, Target]:
	made = old_records.make(plans)
	# for people, who see the request on the Issue; the app itself finds it by `source_key`
	rows.update(DOCTYPE, [{"name": name, "service_request": case} for name, (_type, case) in made.items()])
	return made


def urgency_of(priority: str | None) -> str:
	"""Urgency of an Issue Priority: those that ERPNext ships keep their meaning, a site's own ones are Medium."""
	return priority if priority in URGENCIES else "Medium"


def request_type_of(issue_type: str | None) -> str:
	"""The request type that has the name of the Issue Type; Fault for every other."""
	options = (frappe.get_meta("Service Request").get_options("request_type") or "").split("\n")
	return next((option for option in options if option.lower() == (issue_type or "").lower()), "Fault")


def _plan(issue: Any, case: str | None, known: Known) -> Plan:
	if case:
		return Plan(issue.name, ALREADY, target=("Service Request", case))
	company = issue.company or default_company()
	if not company:
		return Plan(issue.name, SKIPPED, say(NO_COMPANY))
	customer = if_known(issue.customer, "Customer", known)
	lost = say(CUSTOMER_GONE, issue.customer) if issue.customer and not customer else None
	return Plan(issue.name, WOULD, lost, material=_case(issue, company, customer, known))


def _case(issue: Any, company: str, customer: str | None, known: Known) -> PastCase:
	by = if_known(issue.owner, "User", known)
	raised = raised_at(issue, issue.opening_date, issue.opening_time)
	return PastCase(
		source=(DOCTYPE, issue.name),
		subject=issue.subject or text_of(issue.description) or issue.name,
		raised_on=raised,
		company=company,
		channel=CHANNEL["name"],
		request_type=request_type_of(issue.issue_type),
		urgency=urgency_of(issue.priority),
		customer=customer,
		raised_by=by,
		moves=moves_of_issue(
			issue.status,
			raised,
			responded=issue.first_responded_on,
			held=issue.on_hold_since,
			resolved=issue.sla_resolution_date,
			last=get_datetime(issue.modified),
			by=by,
		),
		values={
			"contact": if_known(issue.contact, "Contact", known),
			"contact_email": mail_of(issue.raised_by),
			"description": issue.description,
			"solution": issue.resolution_details,
			"resolution": text_of(issue.resolution_details)[:140] or None,
		},
	)
