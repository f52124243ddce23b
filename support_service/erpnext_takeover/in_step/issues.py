"""New Issues open cases, and both stay in step.

Where *New Issues open a request* is switched on, each new Issue opens a case. When customer or contact of the Issue change,
so do those of the case; when the status of the case changes, so does that of the Issue. Never the other way round, so no
change comes back to where it began. No Issue is refused because of this app: what goes wrong is rolled back to a savepoint,
logged in the Error Log and tried again hourly (`open_missing`, `follow_missed`).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import frappe
from frappe.model.document import Document
from frappe.utils import cint, now_datetime

from support_service.belonging import owners
from support_service.constants.words import N_
from support_service.erpnext_takeover.cases.past_issues import request_type_of, urgency_of
from support_service.erpnext_takeover.kinds import CHANNEL
from support_service.erpnext_takeover.records import default_company, mail_of, raised_at, text_of
from support_service.foundation import batches, locks
from support_service.foundation.names.keys import key_of
from support_service.foundation.postponed import Backlog
from support_service.foundation.savepoints import attempt
from support_service.permissions import contact_ties
from support_service.permissions.who import customers_of
from support_service.support_service.lifecycle import FINAL_STATES, WAITING_STATES, Status
from support_service.support_service.past_cases import history

if TYPE_CHECKING:
	from support_service.support_service.doctype.service_request.service_request import ServiceRequest

DOCTYPE = "Issue"
CASE = "Service Request"
SETTINGS = "Support Service Settings"
SAVEPOINT = "issue_case"
OVER = ("Resolved", "Closed")
# ERPNext itself sets these two when somebody replies or the customer writes; both fit a case that is being worked on
BEING_WORKED_ON = ("Open", "Replied")
BATCH = 200
TO_OPEN = Backlog(N_("Open the request of an Issue"), DOCTYPE)
TO_CARRY = Backlog(N_("Let a request follow the people of its Issue"), DOCTYPE)
TO_SHOW = Backlog(N_("Show on an Issue where its request stands"), CASE)


def before_insert(issue: Document, method: str | None = None) -> None:
	"""A copy of an Issue, or one split off from it, gets a case of its own: the link is not copied."""
	issue.service_request = None


def after_insert(issue: Document, method: str | None = None) -> None:
	"""Open the case of a new Issue."""
	if is_on():
		_safely(lambda: _open(issue), partial(TO_OPEN.note, issue.name))


def on_update(issue: Document, method: str | None = None) -> None:
	"""Give a changed customer or contact of a saved Issue to its case."""
	if issue.flags.from_case or issue.flags.in_insert or not issue.get("service_request") or not is_on():
		return
	if issue.has_value_changed("customer") or issue.has_value_changed("contact"):
		_safely(lambda: _carry(issue), partial(TO_CARRY.note, issue.name))


def follow_move(row: Document, method: str | None = None) -> None:
	"""Show the new status of a case on its Issue; listens to Service Request Move."""
	case = row.flags.case
	if case.get("source_doctype") != DOCTYPE or row.action == "create" or not is_on():
		return
	_safely(lambda: _show_status(case), partial(TO_SHOW.note, case.name))


def open_missing(limit: int = BATCH) -> int:
	"""Hourly: open cases for Issues that have none and were made since this was switched on; returns how many.

	These are Issues whose case failed at the time, or that were inserted without running the hooks. What fails again is
	tried at growing intervals, so that it does not keep others from their turn.
	"""
	since = frappe.db.get_single_value(SETTINGS, "issues_open_cases_since")
	if not (is_on() and since):
		return 0
	names = frappe.get_all(
		DOCTYPE,
		filters={"creation": (">=", since), "service_request": ("is", "not set"), "status": ("not in", OVER)},
		order_by="creation asc",
		pluck="name",
	)
	return batches.one_by_one(
		names, lock=partial(batches.lock_name, DOCTYPE), work=_open_late, backlog=TO_OPEN, limit=limit
	)


def follow_missed() -> int:
	"""Hourly: try again the changes between Issue and case that failed; returns how many worked."""
	if not is_on():
		return 0
	done = 0
	for backlog, work in ((TO_CARRY, _carry_late), (TO_SHOW, _show_late)):
		lock = partial(batches.lock_name, backlog.doctype)
		if due := backlog.due():
			done += batches.one_by_one(due, lock=lock, work=work, failed=backlog.note)
	return done


def is_on() -> bool:
	return bool(cint(frappe.get_cached_doc(SETTINGS).issue_opens_case))


def status_of(case: ServiceRequest, present: str) -> str:
	"""The status of an Issue that fits `case`; present: the status it has."""
	if case.status in FINAL_STATES:
		return "Closed"
	if case.status == Status.RESOLVED:
		return "Resolved"
	if case.status in WAITING_STATES:
		return "On Hold"
	return present if present in BEING_WORKED_ON else "Open"


def _open(issue: Document) -> None:
	case = history.cases_of(DOCTYPE, [issue.name]).get(issue.name) or _insert(issue).name
	issue.db_set("service_request", case, update_modified=False)


def _open_late(name: str) -> None:
	_open(locks.get_doc(DOCTYPE, name))


def _insert(issue: Document) -> ServiceRequest:
	case = frappe.new_doc(CASE)
	case.update(
		{
			"subject": (issue.subject or text_of(issue.description))[:140],
			"description": issue.description,
			"channel": CHANNEL["name"],
			"request_type": request_type_of(issue.issue_type),
			"urgency": urgency_of(issue.priority),
			**(_people_of(issue) if _may_name_them(issue, new=True) else {}),
			"contact_email": mail_of(issue.raised_by),
			"company": issue.company or default_company(),
			"raised_on": raised_at(issue, issue.opening_date, issue.opening_time),
			"source_doctype": DOCTYPE,
			"source_name": issue.name,
			"source_key": key_of(DOCTYPE, issue.name),
		}
	)
	return _store(case)


def _carry(issue: Document) -> None:
	case = locks.get_doc(CASE, issue.service_request)
	if case.status in FINAL_STATES:
		return
	unit = case.installed_unit and frappe.db.get_value("Installed Unit", case.installed_unit, "customer")
	if unit and unit != issue.customer:
		return  # the case's unit belongs to another customer, and the unit decides
	changed = _people_of(issue)
	if not _may_name_them(issue, new=False) or all(
		case.get(name) == value for name, value in changed.items()
	):
		return
	if not owners.belongs("Address", case.site_address, issue.customer):
		case.site_address = None  # of the former customer
	case.update({**changed, "contact_name": None, "contact_phone": None})
	_store(case)


def _carry_late(name: str) -> None:
	issue = frappe.get_doc(DOCTYPE, name)
	if issue.service_request:
		_carry(issue)
	TO_CARRY.forget([name])


def _show_late(name: str) -> None:
	case = frappe.get_doc(CASE, name)
	if case.source_doctype == DOCTYPE and case.source_name:
		_show_status(case)
	TO_SHOW.forget([name])


def _contact(issue: Document) -> str | None:
	"""The Issue's contact if it is one of the Issue's customer: ERPNext allows others, a case does not."""
	return issue.contact if owners.belongs("Contact", issue.contact, issue.customer) else None


def _people_of(issue: Document) -> dict[str, str | None]:
	return {"customer": issue.customer, "contact": _contact(issue)}


def _may_name_them(issue: Document, *, new: bool) -> bool:
	"""Whether the Issue's customer can be trusted, so that the case may name it.

	ERPNext takes the customer from any Contact with the sender's address, and from whoever posts an Issue. A website user
	may name only customers they act for; a Contact counts only if staff made it.
	"""
	if not issue.customer:
		return True
	saver = issue.modified_by
	if saver != "Guest" and frappe.db.get_value("User", saver, "user_type") != contact_ties.DESK:
		return issue.customer in customers_of(saver)
	if not (new and issue.contact):
		return saver != "Guest"
	ties = [tie for tie in contact_ties.ties_of_contacts([issue.contact]) if tie.customer == issue.customer]
	return all(tie.known for tie in ties) and (bool(ties) or saver != "Guest")


def _show_status(case: ServiceRequest) -> None:
	issue = locks.get_doc(DOCTYPE, case.source_name)
	wanted = status_of(case, issue.status)
	if issue.status == wanted:
		return
	issue.status = wanted
	issue.flags.from_case = True
	_store(issue)  # a save, so that ERPNext's Service Level Agreement notices it


def _store(doc: Document) -> Document:
	"""Save the case of an Issue, or the status of the Issue of a case."""
	# The one writer of both: whoever raises an Issue (a mailbox, a customer on ERPNext's portal) need not have the right to
	# create requests, nor whoever moves a case the right to change Issues. The admin who switched this on decided it.
	return doc.save(ignore_permissions=True)


def _safely(work: Callable[[], None], failed: Callable[[Exception], None]) -> None:
	"""Do `work` in a savepoint; on an error roll back to it and call `failed`."""
	# what goes wrong is for the admin, not for the person who saves an Issue; after a lock timeout the transaction goes on
	attempt(work, failed, savepoint=SAVEPOINT, passed_on=(frappe.QueryDeadlockError,))


def validate_settings(settings: Document, method: str | None = None) -> None:
	"""Store in the settings from when on Issues open cases."""
	if not cint(settings.issue_opens_case):
		settings.issues_open_cases_since = None
	elif not settings.issues_open_cases_since:
		settings.issues_open_cases_since = now_datetime()
