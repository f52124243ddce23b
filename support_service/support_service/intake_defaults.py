"""What a new case learns from the records it links: customer from unit, contact data, company, priority, queue, team.

Reads only; the case is filled in place. Values the caller gave are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

import frappe
from frappe import _
from frappe.utils import add_to_date, cint, format_datetime, get_datetime, now_datetime
from pypika.terms import PseudoColumn

from support_service.foundation import first_read, language, typed
from support_service.permissions import contact_ties
from support_service.support_service.priority import priority_of, raised_levels
from support_service.support_service.routing import CONDITIONS, Rule, best_rule

if TYPE_CHECKING:
	from support_service.support_service.doctype.service_request.service_request import ServiceRequest

SETTINGS = "Support Service Settings"
# clocks of two machines differ by so much at most
MINUTES_AHEAD = 10
PERSON = ("contact", "contact_name", "contact_phone", "contact_email")
UNIT_FIELDS = (
	"customer",
	"site_address",
	"item_code",
	"item_group",
	"brand",
	"serial_label",
	"company",
	"contact",
)
CUSTOMER_FIELDS = ("customer_group", "territory", "customer_primary_address", "customer_primary_contact")


class RaisedInFutureError(frappe.ValidationError):
	"""A request that nobody can have raised yet."""


class PriorityFollowsError(frappe.ValidationError):
	"""A priority was typed that impact and urgency do not make."""


def fill(case: ServiceRequest) -> None:
	"""Fill a case about to be inserted."""
	case.raised_on = case.raised_on or now_datetime()
	unit = unit_of(case)
	if case.installed_unit and not unit and not case.flags.ignore_links:
		# Frappe misses a link that leads nowhere where other fields are fetched by it
		frappe.throw(_("There is no such unit, or you may not see it."), frappe.LinkValidationError)
	if unit:
		case.customer = case.customer or unit.customer
		if unit.customer == case.customer:
			case.site_address = case.site_address or unit.site_address
			case.contact = case.contact or unit.contact
		case.company = case.company or unit.company
	customer = _customer(case)
	if not any(case.get(name) for name in PERSON):
		case.contact = _primary_contact(case.customer, customer.get("customer_primary_contact"))
	if case.contact and not (case.contact_name and (case.contact_phone or case.contact_email)):
		_fill_contact(case)
	case.company = case.company or frappe.defaults.get_user_default("Company") or _only_company()
	case.impact = case.impact or "Medium"
	case.urgency = case.urgency or "Medium"
	_route(case, customer, unit)


def latest_moment() -> datetime:
	"""Up to when something may have happened (site time)."""
	return add_to_date(now_datetime(), minutes=MINUTES_AHEAD)


def check_raised_on(case: ServiceRequest) -> None:
	"""Refuse a moment in the future, and a changed one from whoever may not create cases; part of the case's validation.

	The day decides what warranty and contract pay, so on a stored case it is for those who take requests in, not for
	whoever works on one.
	"""
	stored = case.get_doc_before_save()
	corrected = stored and _second(case.raised_on) != _second(stored.raised_on)
	if corrected and not frappe.has_permission(case.doctype, "create"):
		frappe.throw(
			_(
				"{0}: only who may create requests changes when one was raised. Ask the service desk to correct it."
			).format(typed.labels(case, ["raised_on"])),
			frappe.PermissionError,
		)
	if case.has_value_changed("raised_on") and get_datetime(case.raised_on) > latest_moment():
		frappe.throw(
			_("{0} lies in the future: {1}. Enter when the request was raised.").format(
				typed.labels(case, ["raised_on"]), format_datetime(case.raised_on)
			),
			RaisedInFutureError,
		)


def _second(moment: datetime | str) -> datetime:
	# a form may send what it shows, without the fractions that are stored
	return get_datetime(moment).replace(microsecond=0)


def take_customer_of_unit(case: ServiceRequest) -> None:
	"""A case about a unit is for whoever has the unit, unless somebody said for whom; see belonging/check.py."""
	if case.installed_unit and not case.customer:
		unit = unit_of(case)
		case.customer = unit.customer if unit else None


def set_priority(case: ServiceRequest) -> None:
	"""Priority follows impact × urgency by the rules in the settings, and says so; history keeps the one it had."""
	stored, wanted = case.get_doc_before_save(), case.priority
	if cint(case.imported) and not stored and wanted:
		case.priority_reason = _("Imported.", language.of_site())
		return
	if stored and wanted == stored.priority:
		wanted = None  # not typed
	if stored and not (case.has_value_changed("impact") or case.has_value_changed("urgency")):
		if wanted:
			_refuse_priority(case, stored.priority)
		case.priority = stored.priority
		return
	rules = [
		(row.impact, row.urgency, row.priority) for row in frappe.get_cached_doc(SETTINGS).priority_rules
	]
	case.priority = priority_of(case.impact, case.urgency, rules)
	if wanted and wanted != case.priority:
		case.priority, made = wanted, case.priority
		_refuse_priority(case, made)
	lang = language.of_site()
	case.priority_reason = _("Impact {0} and urgency {1} make priority {2}.", lang).format(
		_(case.impact, lang), _(case.urgency, lang), _(case.priority, lang)
	)
	if case.flags.raised_because:
		case.priority_reason += " " + _("Raised: {0}", lang).format(case.flags.raised_because)


def _refuse_priority(case: ServiceRequest, made: str) -> None:
	frappe.throw(
		_("Impact {0} and urgency {1} make priority {2}, not {3}. Change impact or urgency.").format(
			*(_(word, context=case.doctype) for word in (case.impact, case.urgency, made, case.priority))
		),
		PriorityFollowsError,
	)


def raise_priority(case: ServiceRequest, reason: str) -> bool:
	"""Raise the priority by one level and save; False where it is the highest already, or the settings give no higher one.

	Urgency is raised before impact, because the priority follows from the two: a priority set by itself would be gone
	with the next change of either. reason: a sentence, kept beside the priority; the change is in the case's history.
	"""
	rules = [
		(row.impact, row.urgency, row.priority) for row in frappe.get_cached_doc(SETTINGS).priority_rules
	]
	raised = raised_levels(case.impact, case.urgency, rules)
	if raised is None:
		return False
	case.impact, case.urgency = raised
	case.flags.raised_because = reason
	case.save_for_app()  # the app acts by itself; no user's right is in question
	return True


def unit_of(case: ServiceRequest) -> frappe._dict | None:
	"""UNIT_FIELDS of the case's unit; read once while the case is being created (see ServiceRequest.after_insert)."""
	if not case.installed_unit:
		return None
	read = first_read.of(case)
	if read and read.unit and read.unit[0] == case.installed_unit:
		return read.unit[1]
	if not read:
		return frappe.db.get_value("Installed Unit", case.installed_unit, UNIT_FIELDS, as_dict=True)
	# raw SQL, as every intake asks this: the query builder takes longer to write the statement than the database to answer it
	found = frappe.db.sql(_unit_with_customer(), {"unit": case.installed_unit}, as_dict=True)
	row = found[0] if found else None
	read.unit = (case.installed_unit, row)
	read.owners = {("Installed Unit", case.installed_unit): row.customer} if row else {}
	return row


@cache
def _unit_with_customer() -> str:
	"""The statement that reads UNIT_FIELDS of a unit and CUSTOMER_FIELDS of its customer; built once."""
	unit, customer = frappe.qb.DocType("Installed Unit"), frappe.qb.DocType("Customer")
	query = frappe.qb.from_(unit).left_join(customer).on(customer.name == unit.customer)
	fields = (*(unit[name] for name in UNIT_FIELDS), *(customer[name] for name in CUSTOMER_FIELDS))
	return query.select(*fields).where(unit.name == PseudoColumn("%(unit)s")).get_sql()


def _customer(case: ServiceRequest) -> frappe._dict:
	if not case.customer:
		return frappe._dict()
	unit = unit_of(case)
	if unit and unit.customer == case.customer:
		customer = unit  # its columns were read along
	else:
		customer = (
			frappe.db.get_value("Customer", case.customer, CUSTOMER_FIELDS, as_dict=True) or frappe._dict()
		)
	if not case.site_address and not _is_disabled_address(customer.customer_primary_address):
		case.site_address = customer.customer_primary_address
	return customer


def _primary_contact(customer: str | None, contact: str | None) -> str | None:
	"""The customer's main contact, where staff or the customer's own people wrote it: the case will be written to there."""
	if not (customer and contact):
		return None
	ties = contact_ties.ties_of_contacts([contact])
	return contact if any(tie.known and tie.customer == customer for tie in ties) else None


def _is_disabled_address(address: str | None) -> bool:
	return bool(address and cint(frappe.get_cached_value("Address", address, "disabled")))


def _fill_contact(case: ServiceRequest) -> None:
	contact = frappe.db.get_value(
		"Contact", case.contact, ["full_name", "mobile_no", "phone", "email_id"], as_dict=True
	)
	if contact:
		case.contact_name = case.contact_name or contact.full_name
		case.contact_phone = case.contact_phone or contact.mobile_no or contact.phone
		case.contact_email = case.contact_email or contact.email_id


def _only_company() -> str | None:
	return frappe.db.get_single_value("Global Defaults", "default_company") or frappe.db.get_value(
		"Company", {}, order_by="creation"
	)


def queue_of(facts: Mapping[str, str | None]) -> tuple[str | None, str | None, str]:
	"""(queue, team, why) by the settings' routing rules for a case with these facts; see routing.CONDITIONS."""
	settings = frappe.get_cached_doc(SETTINGS)
	lang = language.of_site()
	rule = best_rule(facts, [_as_rule(row) for row in settings.routing_rules])
	queue = rule.queue if rule else settings.default_queue
	team = (rule and rule.team) or _team_of_queue(queue) or settings.default_team
	if rule is None:
		return queue, team, _("No routing rule fits; default queue.", lang)
	conditions = ", ".join(_(value, lang, "Service Request") for value in rule.conditions.values())
	return queue, team, _("Routing rule: {0}.", lang).format(conditions or _("any request", lang))


def _route(case: ServiceRequest, customer: frappe._dict, unit: frappe._dict | None) -> None:
	"""Choose queue and team by the settings' routing rules, unless the caller chose; keep the reason."""
	if case.department_queue:
		settings = frappe.get_cached_doc(SETTINGS)
		case.team = case.team or _team_of_queue(case.department_queue) or settings.default_team
		case.routing_reason = case.routing_reason or _("Chosen at intake.", language.of_site())
		return
	queue, team, reason = queue_of(
		{
			"request_type": case.request_type,
			"channel": case.channel,
			"customer_group": customer.get("customer_group"),
			"territory": customer.get("territory"),
			"item_group": unit.item_group if unit else None,
		}
	)
	case.department_queue, case.team = queue, case.team or team
	case.routing_reason = case.routing_reason or reason


def _as_rule(row) -> Rule:
	conditions = {name: row.get(name) for name in CONDITIONS if row.get(name)}
	return Rule(queue=row.department_queue, team=row.team, conditions=conditions)


def _team_of_queue(queue: str | None) -> str | None:
	"""The first team of the queue; cached, because every intake asks and teams hardly change."""

	def read() -> str:
		filters = {"department_queue": queue, "disabled": 0}
		return frappe.db.get_value("Service Team", filters, order_by="creation asc") or ""

	return frappe.cache.hget("support_service_team_of_queue", queue, read) if queue else None
