"""Whitelisted functions of field service: the visit's time buttons, the choice of an engineer, and the calendar."""

from datetime import datetime
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import escape_html, get_datetime, now_datetime

from support_service.constants.roles import LEAD, MANAGER
from support_service.field_service import case_effects, signing
from support_service.field_service.errors import VisitWindowError
from support_service.foundation import instants, locks
from support_service.foundation.platform import count_by
from support_service.permissions import role_check
from support_service.support_service import agreements
from support_service.support_service.lifecycle import OPEN_STATES
from support_service.support_service.messaging import recipients

MAX_EVENTS = 1000
# which parts a new visit brings along, as rooms beside this one know
PARTS = "support_service_visit_parts"


@frappe.whitelist(methods=["POST"])
def depart(visit: str, expected_at: str | None = None) -> dict[str, Any]:
	"""Store that the engineer sets off now, and move the case to In Progress. Returns the visit's times and status.

	expected_at: when they should be there; the customer is told, and told again when it changes.
	"""
	return _stamp(visit, "departed_at", {"expected_at": expected_at} if expected_at else None)


@frappe.whitelist(methods=["POST"])
def arrive(visit: str) -> dict[str, Any]:
	"""Store that the engineer has arrived, or is connected, now; fills the travel minutes. Returns as `depart`."""
	return _stamp(visit, "arrived_at")


@frappe.whitelist(methods=["POST"])
def leave(visit: str) -> dict[str, Any]:
	"""Store that the engineer leaves now; the report can be submitted. Returns as `depart`."""
	return _stamp(visit, "left_at")


@frappe.whitelist()
def charge_to_sign(visit: str) -> dict[str, Any]:
	"""What the customer pays for the visit as it is stored, to be shown above the signature.

	Returns lines of description, qty, charge and free; charge; currency; accepted: by an offer before; hours_known; priced: the
	amounts may be shown. They are to whoever may write the report of an engineer who has arrived, where a signature accepts a
	charge.
	"""
	doc = frappe.get_doc("Engineer Visit", visit)
	doc.check_permission("write")
	return signing.to_sign(doc)


@frappe.whitelist(methods=["POST"])
def allow_charged_work(visit: str, reason: str) -> None:
	"""Let a visit be reported whose charge the customer has not accepted; leads and managers only, with the reason."""
	doc = locks.get_doc("Engineer Visit", visit)
	doc.check_permission("write")
	role_check.require_role(
		(LEAD, MANAGER), _("Only the After-Sales Lead or the Service Manager allows this. Ask one of them.")
	)
	signing.allow(doc, reason)


@frappe.whitelist()
def engineers_for(request: str) -> list[dict[str, Any]]:
	"""Active engineers for the assign dialog, those of the case's team and the least busy first.

	The engineer whom the case's contract names (`dedicated`) comes first. Each: name, engineer_name, team, dedicated (bool),
	own_team (bool), open_cases, planned_visits (not yet submitted).
	"""
	case = frappe.get_doc("Service Request", request)
	case.check_permission("read")
	engineers = frappe.get_list(
		"Service Engineer", filters={"active": 1}, fields=["name", "engineer_name", "team"], limit=200
	)
	able = recipients.able_engineers(engineer.name for engineer in engineers)
	engineers = [engineer for engineer in engineers if engineer.name in able]
	names = list(able)
	cases = _count_by_engineer(
		"Service Request", {"engineer": ["in", names], "status": ["in", list(OPEN_STATES)]}
	)
	visits = _count_by_engineer(
		"Engineer Visit",
		{"engineer": ["in", names], "docstatus": 0, "planned_start": [">=", frappe.utils.today()]},
	)
	dedicated = agreements.dedicated_engineer(case)
	for engineer in engineers:
		engineer.dedicated = engineer.name == dedicated
		engineer.own_team = bool(case.team) and engineer.team == case.team
		engineer.open_cases = cases.get(engineer.name, 0)
		engineer.planned_visits = visits.get(engineer.name, 0)
	return sorted(
		engineers,
		key=lambda one: (
			not one.dedicated,
			not one.own_team,
			one.open_cases,
			one.planned_visits,
			one.engineer_name,
		),
	)


@frappe.whitelist()
def visit_defaults(request: str) -> dict[str, Any]:
	"""What a new visit of `request` starts with: engineer, unit, site, the next full hour, two hours long, and parts to bring."""
	frappe.has_permission("Engineer Visit", "create", throw=True)
	case = frappe.get_doc("Service Request", request)
	case.check_permission("read")
	own = frappe.db.get_value("Service Engineer", {"user": frappe.session.user, "active": 1})
	start = _next_hour(now_datetime())
	return {
		"service_request": case.name,
		"customer": case.customer,
		"customer_name": case.customer_name,
		"engineer": case.engineer or own,
		"installed_unit": case.installed_unit,
		"site_address": case.site_address,
		"site_address_display": case.site_address_display,
		"company": case.company,
		"planned_start": start,
		"planned_end": frappe.utils.add_to_date(start, hours=2),
		"parts": [row for path in frappe.get_hooks(PARTS) for row in frappe.get_attr(path)(case)],
	}


@frappe.whitelist()
def calendar_events(start: str, end: str, filters: str | list[Any] | None = None) -> list[dict[str, Any]]:
	"""Visits that overlap [start, end), as the calendar view wants them; only those the user may see.

	filters: the list view's filters, as JSON or list.
	"""
	frappe.has_permission("Engineer Visit", "read", throw=True)
	conditions = frappe.parse_json(filters) if filters else []
	events = frappe.get_list(
		"Engineer Visit",
		filters=[
			*conditions,
			["Engineer Visit", "planned_start", "<", end],
			["Engineer Visit", "planned_end", ">=", start],
			["Engineer Visit", "docstatus", "<", 2],
		],
		fields=[
			"name",
			"planned_start",
			"planned_end",
			"status",
			"docstatus",
			"engineer_name",
			"customer_name",
		],
		order_by="planned_start asc",
		limit=MAX_EVENTS,
	)
	for event in events:
		names = filter(None, (event.engineer_name, event.customer_name))
		event.calendar_title = escape_html(" · ".join(names)) or event.name
	return events


def _stamp(visit: str, fieldname: str, values: dict[str, Any] | None = None) -> dict[str, Any]:
	doc = locks.get_doc("Engineer Visit", visit)
	doc.check_permission("write")
	_require_open(doc)
	# pressing the button again keeps the first time
	news = any(
		not doc.get(name) or get_datetime(doc.get(name)) != get_datetime(value)
		for name, value in (values or {}).items()
	)
	if not doc.get(fieldname) or news:
		doc.update({fieldname: doc.get(fieldname) or now_datetime(), **(values or {})})
		if fieldname == "arrived_at" and doc.departed_at and not doc.travel_minutes:
			doc.travel_minutes = _minutes(doc.departed_at, doc.arrived_at)
		doc.save()
	if fieldname != "left_at":
		case_effects.start_case(doc)
	return {
		name: doc.get(name)
		for name in (
			"name",
			"status",
			"departed_at",
			"expected_at",
			"arrived_at",
			"left_at",
			"travel_minutes",
			"modified",
		)
	}


def _require_open(visit: Document) -> None:
	if not visit.docstatus.is_draft():
		frappe.throw(
			_("The report of visit {0} is already submitted. Amend it to change its times.").format(
				visit.name
			),
			VisitWindowError,
		)


def _minutes(start: datetime | str, end: datetime | str) -> int:
	return max(0, round(instants.elapsed(start, end) / 60))


def _next_hour(moment: datetime) -> datetime:
	return frappe.utils.add_to_date(moment.replace(minute=0, second=0, microsecond=0), hours=1)


def _count_by_engineer(doctype: str, filters: dict[str, Any]) -> dict[str, int]:
	# past the user's permissions, as only counts are given: who may assign may know how busy a colleague is
	return count_by(doctype, "engineer", filters)
