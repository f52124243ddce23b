"""Whitelisted functions of the hotline page.

Each checks the user's role first, then the permission on the document; the reads behind them use `get_list`, which applies
the same permission rules as list and form.
"""

from typing import Any

import frappe
from frappe import _
from frappe.utils import escape_html, strip_html

from support_service.constants.roles import DESK_AGENT, LEAD, MANAGER
from support_service.permissions import role_check
from support_service.renamed import names_of_last_release
from support_service.service_intake import by_hand, hotline
from support_service.service_intake.calls import duty, screen
from support_service.service_intake.intake import IntakePayload, accept
from support_service.service_intake.look_up import Hit

HOTLINE_ROLES = (DESK_AGENT, LEAD, MANAGER)
CHANNEL = "Hotline"


@frappe.whitelist()
def look_up(text: str) -> list[Hit]:
	"""Search by phone number, customer, contact, serial number, unit or case number."""
	_only_for_hotline()
	return hotline.look_up(text)


@frappe.whitelist()
def customer_card(customer: str) -> dict[str, Any]:
	"""What we know about `customer`; raises frappe.PermissionError where the agent may not read it."""
	_only_for_hotline()
	frappe.has_permission("Customer", "read", doc=customer, throw=True)
	return hotline.customer_card(customer)


@frappe.whitelist()
def unit_card(unit: str) -> dict[str, Any]:
	"""What we know about the Installed Unit `unit`; raises frappe.PermissionError where the agent may not read it."""
	_only_for_hotline()
	frappe.has_permission("Installed Unit", "read", doc=unit, throw=True)
	return hotline.unit_card(unit)


@frappe.whitelist(methods=["POST"])
def open_case(
	subject: str,
	request_type: str = "Fault",
	impact: str = "Medium",
	urgency: str = "Medium",
	description: str | None = None,
	customer: str | None = None,
	installed_unit: str | None = None,
	contact: str | None = None,
	contact_name: str | None = None,
	contact_phone: str | None = None,
	key: str | None = None,
	department_queue: str | None = None,
	call: str | None = None,
) -> dict[str, Any]:
	"""Create the case of a call; returns its `name`, `priority`, `team`, `department_queue`, and `duty`: who is on duty where
	its team is outside office hours.

	`key` is made by the screen once per call: an impatient second click returns the same case.  An unknown caller
	needs a name or a number, so that somebody can be called back.
	department_queue: where the case goes by the agent's choice; without one the routing rules decide.
	call: the Service Call in which it was reported; the two name each other from then on.
	"""
	_only_for_hotline()
	frappe.has_permission("Service Request", "create", throw=True)
	if call:
		frappe.has_permission("Service Call", "read", doc=call, throw=True)
	_require_caller(customer, contact_name, contact_phone)
	if installed_unit:
		frappe.has_permission("Installed Unit", "read", doc=installed_unit, throw=True)
	payload = IntakePayload(
		subject=strip_html(subject).strip(),
		description=description or "",
		request_type=request_type,
		impact=impact,
		urgency=urgency,
		customer=customer,
		installed_unit=installed_unit,
		contact=contact,
		contact_name=contact_name,
		contact_phone=contact_phone,
		department_queue=department_queue or None,
	)
	name = accept(CHANNEL, payload, key=f"{frappe.session.user}:{key}" if key else None)
	if call:
		screen.write_down(call, name)
	fields = ["name", "priority", "team", "department_queue"]
	created = frappe.db.get_value("Service Request", name, fields, as_dict=True)
	return {**created, "duty": duty.of_team(created.team)}


@frappe.whitelist()
def channels_by_hand() -> list[dict[str, str]]:
	"""Channels of quick entry: how something on paper, or somebody in person, reached us."""
	_only_for_hotline()
	return by_hand.channels()


@frappe.whitelist(methods=["POST"])
def enter_case(
	channel: str,
	subject: str,
	request_type: str = "Fault",
	impact: str = "Medium",
	urgency: str = "Medium",
	description: str | None = None,
	customer: str | None = None,
	installed_unit: str | None = None,
	contact: str | None = None,
	contact_name: str | None = None,
	contact_phone: str | None = None,
	contact_email: str | None = None,
	department_queue: str | None = None,
	files: str | list[str] | None = None,
	key: str | None = None,
) -> dict[str, Any]:
	"""Create the case of a visitor, a letter, a fax …; returns its `name`, `priority`, `team` and `department_queue`.

	files: names of the scans, which the caller has just uploaded; they become private files of the case.
	`key` is made by the screen once per entry: an impatient second click returns the same case.
	"""
	_only_for_hotline()
	frappe.has_permission("Service Request", "create", throw=True)
	_require_caller(customer, contact_name, contact_phone or contact_email)
	if installed_unit:
		frappe.has_permission("Installed Unit", "read", doc=installed_unit, throw=True)
	payload = IntakePayload(
		subject=strip_html(subject).strip(),
		description=escape_html(description or "").replace("\n", "<br>"),
		request_type=request_type,
		impact=impact,
		urgency=urgency,
		customer=customer,
		installed_unit=installed_unit,
		contact=contact,
		contact_name=contact_name,
		contact_phone=contact_phone,
		contact_email=contact_email,
		department_queue=department_queue or None,
	)
	named = frappe.parse_json(files) if isinstance(files, str) and files else files
	name = by_hand.take_in(channel, payload, named or (), key=f"{frappe.session.user}:{key}" if key else None)
	fields = ["name", "priority", "team", "department_queue"]
	return frappe.db.get_value("Service Request", name, fields, as_dict=True)


class CallerMissingError(frappe.ValidationError):
	"""Neither a customer, nor a name, nor a phone number was given."""


def _require_caller(customer: str | None, contact_name: str | None, contact_phone: str | None) -> None:
	if not (customer or contact_name or contact_phone):
		frappe.throw(
			_(
				"Choose the customer, or write down the caller's name or phone number so that we can call back."
			),
			CallerMissingError,
		)


def _only_for_hotline() -> None:
	role_check.require_role(
		HOTLINE_ROLES,
		_("The hotline is for {0}. Ask the Service Manager for one of these roles.").format(
			", ".join(_(role) for role in HOTLINE_ROLES)
		),
	)


__getattr__ = names_of_last_release(__name__)
