"""Which visits may be planned, and what a visit takes over from its case and its engineer.

Called by EngineerVisit when it is validated. Nothing here writes to another record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import frappe
from frappe import _
from frappe.contacts.doctype.address.address import get_address_display
from frappe.utils import strip_html

from support_service.field_service.copies import title_of
from support_service.field_service.errors import EngineerNotFitError, VisitWindowError
from support_service.support_service.lifecycle import BY_ACTION, FINAL_STATES, Status, may_make
from support_service.support_service.messaging import recipients

if TYPE_CHECKING:
	from support_service.field_service.doctype.engineer_visit.engineer_visit import EngineerVisit

# Facts a visit takes over from its case, so that lists and permissions need no join.
FROM_CASE = ("customer", "customer_name", "company", "department_queue")


def take_over_from_case(visit: EngineerVisit) -> None:
	"""Fill customer, company and title from the case, and unit and site where the visit names none.

	:raises VisitWindowError: no new visit may be planned on this case.
	"""
	case = frappe.db.get_value(
		"Service Request",
		visit.service_request,
		[*FROM_CASE, "installed_unit", "site_address", "site_address_display", "status", "team"],
		as_dict=True,
	)
	if not case:
		return  # Frappe's check of links, which follows, refuses it
	if visit.is_new():
		_check_case_is_open(visit, case.status)
		_check_case_is_assigned(visit, case.status)
	for fieldname in FROM_CASE:
		visit.set(fieldname, case.get(fieldname))
	visit.installed_unit = visit.installed_unit or case.installed_unit
	if not visit.site_address:
		visit.site_address, visit.site_address_display = case.site_address, case.site_address_display
	elif visit.has_value_changed("site_address"):
		visit.site_address_display = strip_html(get_address_display(visit.site_address) or "")
	else:
		# a form that was opened before the address was corrected still shows the old one
		visit.site_address_display = visit.get_doc_before_save().site_address_display
	visit.title = title_of(visit.customer_name, visit.service_request)


def take_over_from_engineer(visit: EngineerVisit) -> None:
	"""Fill the engineer's user and team, and the van as warehouse where none was chosen for this engineer."""
	engineer = frappe.db.get_value(
		"Service Engineer", visit.engineer, ["user", "team", "van_warehouse"], as_dict=True
	)
	if not engineer:
		return
	visit.engineer_user, visit.team = engineer.user, engineer.team
	other_engineer = visit.has_value_changed("engineer") and not visit.is_new()
	if not visit.warehouse or (other_engineer and not visit.has_value_changed("warehouse")):
		visit.warehouse = engineer.van_warehouse


def check_engineer(visit: EngineerVisit) -> None:
	"""Refuse to plan a visit for an engineer who has left; a visit that took place stays theirs."""
	chosen = visit.is_new() or visit.has_value_changed("engineer")
	if visit.docstatus or visit.left_at or visit.amended_from or not chosen:
		return
	if not recipients.able_engineers([visit.engineer]):
		frappe.throw(
			_(
				"{0} cannot go: the engineer is not active, or their user cannot log in or has lost the role. Choose another one."
			).format(visit.engineer_name or visit.engineer),
			EngineerNotFitError,
		)


def _check_case_is_open(visit: EngineerVisit, status: str) -> None:
	"""No new visit on a case that is over, except an amended one: a mistake in a report may be noticed after closing."""
	if status not in FINAL_STATES or _amends_visit_of_same_case(visit):
		return
	frappe.throw(
		_("Request {0} is {1}. Open a new request for a new visit.").format(
			visit.service_request, _(status, context="Service Request")
		),
		VisitWindowError,
	)


def _check_case_is_assigned(visit: EngineerVisit, status: str) -> None:
	"""A visit sends its engineer, so on a case nobody was assigned to only a lead may plan one."""
	if status == Status.NEW and not may_make(BY_ACTION["assign"], frappe.get_roles(), False):
		frappe.throw(
			_("Request {0} has no engineer yet. Ask the After-Sales Lead to assign one first.").format(
				visit.service_request
			),
			VisitWindowError,
		)


def _amends_visit_of_same_case(visit: EngineerVisit) -> bool:
	return bool(visit.amended_from) and visit.service_request == frappe.db.get_value(
		"Engineer Visit", visit.amended_from, "service_request"
	)
