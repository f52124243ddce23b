"""Surveys at intervals: which customers are due by which plan, whom there, and never one person too often.

The daily run works through customers, each in its own transaction, one worker at a time (`locks.alone`), so that two plans or
two workers cannot ask one person twice. A survey is opened and its mail queued together: killed before, nobody was asked;
killed after, its unique key and the rest days keep the person from being asked again.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import frappe
from frappe.model.document import Document
from frappe.utils import add_to_date, getdate, now_datetime

from support_service.constants.words import N_
from support_service.foundation import batches, locks
from support_service.foundation.language import of_site
from support_service.foundation.postponed import Backlog
from support_service.permissions import contact_ties
from support_service.service_feedback import periodic_mail, survey_templates, surveys
from support_service.service_feedback import survey_rules as rules
from support_service.support_service.messaging import customer_people

PLAN = "Service Survey Plan"
TO_ASK = Backlog(N_("Ask a customer at intervals"), "Customer")
ALONE = "surveys at intervals"


def run() -> int:
	"""Daily: ask whoever is due; returns for how many customers it was looked at."""
	with locks.alone(ALONE) as mine:
		if not mine:
			return 0
		plans = _plans()
		customers = list(dict.fromkeys(customer for plan in plans for customer in customers_of(plan)))
		return batches.one_by_one(
			customers,
			lock=lambda name: batches.lock_name("Customer", name),
			work=lambda name: ask(name, plans),
			backlog=TO_ASK,
		)


def ask(customer: str, plans: list[Document]) -> list[str]:
	"""Open the surveys of `customer` that are due by `plans`; returns their names."""
	opened = []
	for plan in plans:
		for address in sorted(people_of(plan, customer)):
			if is_due(plan, customer, address):
				opened.append(_open(plan, customer, address))
	return opened


def _plans() -> list[Document]:
	names = frappe.get_all(
		PLAN, {"disabled": 0, "starts_on": ("<=", getdate())}, pluck="name", order_by="creation, name"
	)
	return [frappe.get_doc(PLAN, name) for name in names]


def customers_of(plan: Document) -> Iterator[str]:
	"""Customers of `plan` that are not disabled."""
	if plan.customers_with == "Chosen Below":
		wanted = [row.customer for row in plan.customers]
	elif plan.customers_with == "Of a Group":
		wanted = frappe.get_all(
			"Customer", {"customer_group": plan.customer_group}, pluck="name", order_by="name"
		)
	else:
		running = {"docstatus": 1, "status": "Active"}
		wanted = frappe.get_all(
			"Service Contract", running, pluck="customer", distinct=True, order_by="customer"
		)
	wanted = list(dict.fromkeys(wanted))
	enabled = set(
		frappe.get_all(
			"Customer", {"name": ("in", wanted or [""]), "disabled": 0}, pluck="name", order_by=None
		)
	)
	yield from (customer for customer in wanted if customer in enabled)


def people_of(plan: Document, customer: str) -> set[str]:
	"""Addresses, in lower case, of whom `plan` asks at `customer`: people we know there, who want mails, and no colleagues."""
	known = set(contact_ties.known_addresses(customer))
	chosen = {row.contact for row in plan.customers if row.customer == customer and row.contact}
	if plan.customers_with == "Chosen Below" and chosen:
		named = {
			address
			for tie in contact_ties.ties_of([customer])
			if tie.known and tie.contact in chosen
			for address in tie.addresses
		}
		known &= named
	return known - customer_people.colleagues(customer, known) - _without_mail(known)


def _without_mail(addresses: set[str]) -> set[str]:
	"""Those who have unsubscribed, on their Contact or from everything."""
	if not addresses:
		return set()
	listed = ("in", sorted(addresses))
	contact, row = frappe.qb.DocType("Contact"), frappe.qb.DocType("Contact Email")
	unsubscribed = (
		frappe.qb.from_(row)
		.join(contact)
		.on(contact.name == row.parent)
		.select(row.email_id)
		.where(row.email_id.isin(sorted(addresses)) & (contact.unsubscribed == 1))
		.run(pluck=True)
	)
	gone = frappe.get_all("Email Unsubscribe", {"email": listed, "global_unsubscribe": 1}, pluck="email")
	return {address.lower() for address in (*unsubscribed, *gone)}


def is_due(plan: Document, customer: str, address: str) -> bool:
	"""Whether the person is to be asked now: long enough after the last time by this plan, and after any survey at all."""
	return not (
		_asked_since(address, plan.every_days, plan=plan.name, customer=customer)
		or _asked_since(address, plan.rest_days)
	)


def _asked_since(address: str, days: int, **of: str) -> bool:
	since = add_to_date(now_datetime(), days=-days)
	return bool(frappe.db.exists(surveys.SURVEY, {"contact_email": address, "opened_on": (">", since), **of}))


def _open(plan: Document, customer: str, address: str) -> str:
	token = secrets.token_urlsafe(32)
	language = _language_of(customer, address)
	template = plan.template or survey_templates.find(rules.AT_INTERVALS, language)
	asked = survey_templates.asked(rules.AT_INTERVALS, language, template)
	queue = frappe.db.get_value("Service Team", plan.team, "department_queue") if plan.team else None
	survey = frappe.get_doc(
		{
			"doctype": surveys.SURVEY,
			"occasion": rules.AT_INTERVALS,
			"plan": plan.name,
			"template": asked.template,
			"language": language,
			"answers": surveys.rows_of(asked),
			"customer": customer,
			"contact_email": address,
			"team": plan.team,
			"department_queue": queue,
			"status": "Open",
			"opened_on": now_datetime(),
			"asked_on": now_datetime(),
			"expires_on": surveys.valid_until(),
			"token_hash": surveys.fingerprint(token),
			# no address in clear in a key, which nobody erases
			"survey_key": surveys.fingerprint(f"{customer}|{address}|{getdate()}"),
		}
	)
	surveys.write(survey)
	periodic_mail.send(survey, token)
	return survey.name


def _language_of(customer: str, address: str) -> str:
	user = frappe.db.get_value("User", {"email": address}, "language")
	return user or frappe.db.get_value("Customer", customer, "language") or of_site()
