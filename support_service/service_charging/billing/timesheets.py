"""Timesheets of visits: hours worked and travelled, of engineers with an Employee, where the settings ask for them.

What is charged of the hours is billable, at the price that the decision charges. A joint invoice of visits names their open
hours (`visit_invoices.py`), and ERPNext marks them as billed. Two steps of a visit in `support_service_visit_steps`; a
Timesheet carries the visit's name as a unique key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, flt, get_datetime

from support_service.foundation import currencies
from support_service.foundation.posting import Posting
from support_service.service_charging.decision.lines import hours_of
from support_service.service_charging.decision.store import DECISION
from support_service.service_coverage.vocabulary import Kind

TIMESHEET, DETAIL, VISIT = "Timesheet", "Timesheet Detail", "Engineer Visit"
KEY = "service_visit_key"
LINKS = ("engineer_visit", "service_request", KEY)
ACTIVITY = {Kind.LABOUR: "labour_activity", Kind.TRAVEL: "travel_activity"}


class TimesheetMissingError(frappe.ValidationError):
	"""The settings demand a Timesheet of every visit, and none can be made of this one."""


def record(visit: Document, posting: Posting) -> None:
	"""A step of submitting: write the hours of the visit down, once.

	Where that fails the visit is submitted all the same and says why, unless the settings demand a Timesheet.

	:raises TimesheetMissingError:
	"""
	settings = frappe.get_cached_doc("Support Service Settings")
	if not cint(settings.make_timesheets):
		return
	decision = frappe.get_doc(DECISION, posting.decision) if posting.decision else None
	_unless_it_fails(settings, lambda: _make(visit, decision, settings))


def withdraw(visit: Document, posting: Posting) -> None:
	"""A step of cancelling: cancel the Timesheet of the visit; one whose hours are billed stays, and names the visit no more."""
	for name in frappe.get_all(TIMESHEET, {"engineer_visit": visit.name}, pluck="name"):
		_take_back(frappe.get_doc(TIMESHEET, name))


def follow_decision(decision: Document, method: str | None = None) -> None:
	"""Event `decided_anew` of Coverage Decision: another part of the hours is charged, so they are written down anew."""
	found = frappe.db.get_value(
		TIMESHEET, {"engineer_visit": decision.engineer_visit, "docstatus": ("<", 2)}, "name"
	)
	if not found or _is_billed(found):
		return
	settings = frappe.get_cached_doc("Support Service Settings")

	def anew() -> None:
		_take_back(frappe.get_doc(TIMESHEET, found))
		_make(frappe.get_doc(VISIT, decision.engineer_visit), decision, settings)

	_unless_it_fails(settings, anew)


def before_insert(doc: Document, method: str | None = None) -> None:
	"""Handler of Timesheet: an amended one stands for its visit as before, any other that a person makes for none."""
	if doc.flags.from_visit:
		return
	visit = doc.get("engineer_visit") if doc.get("amended_from") else None
	if not visit or frappe.db.get_value(VISIT, visit, "docstatus") != 1 or _of_visit(visit):
		doc.update(dict.fromkeys(LINKS))
		return
	doc.set(KEY, visit)


def on_cancel(doc: Document, method: str | None = None) -> None:
	"""Handler of Timesheet: free the key, so that an amended one can have it."""
	if doc.get(KEY):
		doc.db_set(KEY, None, update_modified=False)


def add_open_hours(invoice: Document) -> None:
	"""Name on a draft invoice the hours of the visits it charges that are billable and on no invoice yet."""
	if not cint(frappe.get_cached_doc("Support Service Settings").make_timesheets):
		return
	decisions = {row.coverage_decision for row in invoice.items if row.coverage_decision}
	visits = frappe.get_all(DECISION, {"name": ("in", decisions or [""])}, pluck="engineer_visit")
	sheet, row = frappe.qb.DocType(TIMESHEET), frappe.qb.DocType(DETAIL)
	found = (
		frappe.qb.from_(row)
		.join(sheet)
		.on(sheet.name == row.parent)
		.select(row.name, row.parent, row.activity_type, row.description, row.from_time, row.to_time)
		.select(row.billing_hours, row.base_billing_amount)
		.where(
			sheet.engineer_visit.isin([*filter(None, visits), ""])
			& (sheet.docstatus == 1)
			& (row.is_billable == 1)
		)
		.where(row.sales_invoice.isnull() | (row.sales_invoice == ""))
		.orderby(row.from_time)
		.run(as_dict=True)
	)
	digits = currencies.amount_decimals(invoice.currency)
	on_drafts = set(_on_drafts([hours.name for hours in found]))
	for hours in found:
		if hours.name in on_drafts:
			continue
		invoice.append(
			"timesheets",
			{
				"time_sheet": hours.parent,
				"timesheet_detail": hours.name,
				"billing_hours": hours.billing_hours,
				"billing_amount": flt(
					flt(hours.base_billing_amount) / (flt(invoice.conversion_rate) or 1), digits
				),
				**{name: hours[name] for name in ("activity_type", "description", "from_time", "to_time")},
			},
		)


def before_validate(doc: Document, method: str | None = None) -> None:
	"""Handler of Sales Invoice: of the hours of visits, an invoice or credit note names those that one of its rows is about.

	Whoever bills only a part removes rows from the draft; the hours of a removed row stay open for another invoice. An invoice that
	charges no decision was made by hand of the hours themselves.
	"""
	charging = [row for row in doc.items if row.get("coverage_decision")]
	hours = [row for row in doc.get("timesheets") or () if row.timesheet_detail]
	if not charging or not hours:
		return
	charged_as = _charged_as([row.timesheet_detail for row in hours])
	kept: list[Any] = []
	for row in charging:
		about = (row.coverage_decision, row.item_code)
		own = [one for one in hours if one not in kept and about in charged_as.get(one.timesheet_detail, ())]
		if own:
			kept.append(min(own, key=lambda one: _apart(one, row)))
	doc.timesheets = [row for row in doc.timesheets if row in kept or row.timesheet_detail not in charged_as]
	for place, row in enumerate(doc.timesheets, 1):
		row.idx = place


def _charged_as(details: Sequence[str]) -> dict[str, set[tuple[str, str]]]:
	"""Row of a visit's Timesheet → the decisions about these hours, each with the item as which it charges them."""
	sheet, row, visit = frappe.qb.DocType(TIMESHEET), frappe.qb.DocType(DETAIL), frappe.qb.DocType(VISIT)
	decision, line = frappe.qb.DocType(DECISION), frappe.qb.DocType("Coverage Decision Line")
	found = (
		frappe.qb.from_(row)
		.join(sheet)
		.on(sheet.name == row.parent)
		.join(visit)
		.on(visit.name == sheet.engineer_visit)
		.left_join(decision)
		.on(decision.engineer_visit == visit.name)
		.left_join(line)
		.on((line.parent == decision.name) & line.kind.isin(list(ACTIVITY)))
		.select(
			row.name, row.to_time, visit.arrived_at, decision.name.as_("decision"), line.kind, line.item_code
		)
		.where(row.name.isin(details))
		.run(as_dict=True)
	)
	charged_as: dict[str, set[tuple[str, str]]] = {}
	for one in found:
		kind = Kind.TRAVEL if one.arrived_at and one.to_time <= one.arrived_at else Kind.LABOUR
		items = charged_as.setdefault(one.name, set())
		if one.kind == kind:
			items.add((one.decision, one.item_code))
	return charged_as


def _apart(hours: Any, row: Any) -> float:
	"""By how much hours and a row of the invoice differ: labour and travel may be charged as one item."""
	return abs(abs(flt(hours.billing_amount)) - abs(flt(row.qty) * flt(row.rate)))


def _make(visit: Document, decision: Document | None, settings: Any) -> str | None:
	if made := _of_visit(visit.name):
		return made
	rows = _time_logs(visit, decision, settings)
	if not rows:
		return None
	employee = frappe.db.get_value("Service Engineer", visit.engineer, "employee")
	if not employee:
		frappe.throw(
			_("Engineer {0} has no Employee. Link one in the Service Engineer.").format(visit.engineer_name),
			TimesheetMissingError,
		)
	doc = frappe.new_doc(TIMESHEET)
	doc.update(
		{
			"company": visit.company,
			"employee": employee,
			"user": visit.engineer_user,
			"customer": visit.customer,
			"currency": currencies.of_company(visit.company),
			"exchange_rate": 1,
			"note": visit.title,
			"engineer_visit": visit.name,
			"service_request": visit.service_request,
			KEY: visit.name,
			"time_logs": rows,
		}
	)
	doc.flags.from_visit = True
	_for_the_visit(doc).insert()
	if cint(settings.submit_timesheets):
		doc.submit()
	return doc.name


def _time_logs(visit: Document, decision: Document | None, settings: Any) -> list[dict[str, Any]]:
	arrived = get_datetime(visit.arrived_at) if visit.arrived_at else None
	if not arrived:
		return []
	travel = timedelta(minutes=cint(visit.travel_minutes))
	spans = {
		Kind.TRAVEL: (arrived - travel, arrived),
		Kind.LABOUR: (arrived, arrived + timedelta(hours=hours_of(visit))),
	}
	return [
		_time_log(kind, start, end, decision, settings) for kind, (start, end) in spans.items() if end > start
	]


def _time_log(
	kind: Kind, start: datetime, end: datetime, decision: Document | None, settings: Any
) -> dict[str, Any]:
	hours = (end - start).total_seconds() / 3600
	line = next((row for row in decision.lines if row.kind == kind), None) if decision else None
	log = {
		"activity_type": settings.get(ACTIVITY[kind]),
		"from_time": start,
		"to_time": end,
		"hours": hours,
		"description": line.description if line else None,
	}
	if not line or line.covered_share >= 100:
		return log
	billable = hours * (100 - line.covered_share) / 100
	# without a price ERPNext takes that of the activity
	return {**log, "is_billable": 1, "billing_hours": billable, "billing_rate": flt(line.charge) / billable}


def _of_visit(visit: str) -> str | None:
	return frappe.db.get_value(TIMESHEET, {"engineer_visit": visit, "docstatus": ("<", 2)})


def _is_billed(timesheet: str) -> bool:
	on_invoice = {"time_sheet": timesheet, "parenttype": "Sales Invoice", "docstatus": ("<", 2)}
	return bool(frappe.db.exists("Sales Invoice Timesheet", on_invoice))


def _on_drafts(details: Sequence[str]) -> list[str]:
	"""Those of the hours that a draft invoice names."""
	named = {"timesheet_detail": ("in", [*details, ""]), "parenttype": "Sales Invoice", "docstatus": 0}
	return frappe.get_all("Sales Invoice Timesheet", named, pluck="timesheet_detail")


def _take_back(doc: Document) -> None:
	if _is_billed(doc.name):
		# ERPNext cancels no Timesheet that an invoice names, and no visit that a submitted document names
		doc.db_set(dict.fromkeys(LINKS), update_modified=False)
		doc.add_comment("Info", _("The visit of these hours was cancelled after they were billed."))
	elif doc.docstatus.is_draft():
		_for_the_visit(doc).delete(ignore_permissions=doc.flags.ignore_permissions)
	elif doc.docstatus.is_submitted():
		_for_the_visit(doc).cancel()


def _for_the_visit(doc: Document) -> Document:
	# the right to submit or cancel a visit is the right to everything its steps do
	doc.flags.ignore_permissions = True
	return doc


def _unless_it_fails(settings: Any, act: Callable[[], Any]) -> None:
	"""Run `act`; where it fails undo it and say so, or refuse where the settings demand a Timesheet."""
	frappe.db.savepoint("timesheet")
	shown = list(frappe.local.message_log)
	try:
		act()
	except Exception as error:
		if isinstance(error, (frappe.QueryDeadlockError, frappe.QueryTimeoutError)):
			raise  # the transaction is gone, not only this part of it
		frappe.local.message_log = shown
		if cint(settings.timesheets_required):
			frappe.throw(
				_("This visit needs a Timesheet, and none can be made: {0}").format(error),
				TimesheetMissingError,
			)
		frappe.db.rollback(save_point="timesheet")
		if not isinstance(error, frappe.ValidationError):
			frappe.log_error("The Timesheet of a visit was not made")
		frappe.msgprint(_("No Timesheet was made: {0}").format(error), alert=True, indicator="orange")
