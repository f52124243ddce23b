"""What a loan takes over from its case, its engineer and the settings. Called when it is validated; writes no other record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import frappe
from frappe import _
from frappe.utils import add_days, getdate, today

from support_service.foundation.settings import company_default
from support_service.service_parts.loans import settings
from support_service.service_parts.loans.errors import LoanMoveError, LoanPlaceError
from support_service.service_parts.loans.lifecycle import BEFORE_HAND_OVER
from support_service.support_service.lifecycle import FINAL_STATES

if TYPE_CHECKING:
	from support_service.service_parts.doctype.equipment_loan.equipment_loan import EquipmentLoan

CASE = "Service Request"
FROM_CASE = ("customer", "customer_name", "company")


def take_over_from_case(loan: EquipmentLoan) -> None:
	"""Fill customer and company from the case as long as nothing was handed over, and the unit and the engineer of a new loan.

	:raises LoanMoveError: the case is over, or names no customer.
	"""
	if loan.status not in BEFORE_HAND_OVER:
		return
	case = frappe.db.get_value(
		CASE, loan.service_request, [*FROM_CASE, "installed_unit", "engineer", "status"], as_dict=True
	)
	if not case:
		return  # Frappe's check of links, which follows, refuses it
	loan.update({name: case.get(name) for name in FROM_CASE})
	if not loan.is_new():
		return
	if case.status in FINAL_STATES:
		frappe.throw(
			_("Request {0} is {1}. Open a new request for a loan.").format(
				loan.service_request, _(case.status, context=CASE)
			),
			LoanMoveError,
		)
	if not case.customer:
		frappe.throw(
			_("Enter the customer on request {0} first: nobody knows to whom to lend.").format(
				loan.service_request
			),
			LoanMoveError,
		)
	loan.stands_in_for = loan.stands_in_for or case.installed_unit
	loan.engineer = loan.engineer or case.engineer


def take_over_from_engineer(loan: EquipmentLoan) -> None:
	"""Fill the user of the engineer."""
	loan.engineer_user = (
		frappe.db.get_value("Service Engineer", loan.engineer, "user") if loan.engineer else None
	)


def set_places(loan: EquipmentLoan) -> None:
	"""Fill the warehouses of the company's settings as long as nothing was handed over."""
	if loan.status not in BEFORE_HAND_OVER:
		return
	defaults = company_default(loan.company)
	loan.source_warehouse = loan.source_warehouse or defaults.get("loan_source_warehouse")
	loan.loan_warehouse = defaults.get("loan_warehouse")
	for name in (loan.source_warehouse, *(row.warehouse for row in loan.pieces)):
		if name and (company := frappe.get_cached_value("Warehouse", name, "company")) != loan.company:
			frappe.throw(
				_("Warehouse {0} belongs to {1}, this loan to {2}. Choose a warehouse of {2}.").format(
					name, company, loan.company
				),
				LoanPlaceError,
			)


def require_places(loan: EquipmentLoan) -> None:
	"""Refuse to hand over where the settings name no usable loan warehouse for the company.

	:raises LoanPlaceError: the message says where to enter it.
	"""
	name = loan.loan_warehouse
	place = (
		frappe.db.get_value("Warehouse", name, ["company", "is_group", "disabled"], as_dict=True)
		if name
		else None
	)
	if not place or place.is_group or place.disabled or place.company != loan.company:
		frappe.throw(
			_(
				"{0} has no loan warehouse. Ask your manager to enter one in Support Service Settings, Parts and Stock: "
				"an open warehouse of this company that is no group."
			).format(loan.company),
			LoanPlaceError,
		)
	if any(row.draws_from() == name for row in loan.pieces):
		frappe.throw(
			_("Pieces are lent from {0}, which is the loan warehouse itself. Choose another one.").format(
				name
			),
			LoanPlaceError,
		)


def check_period(loan: EquipmentLoan) -> None:
	"""Refuse a due date before the first day."""
	if loan.from_date and loan.until_date and getdate(loan.until_date) < getdate(loan.from_date):
		frappe.throw(_("A loan cannot be due before it begins. Correct the dates."), LoanMoveError)


def period_proposed() -> tuple[str, str]:
	"""From today, for as many days as the settings say."""
	return today(), add_days(today(), max(1, settings.number("loan_days")))
