"""Whitelisted functions of loans: what the form shows beside its fields, and its buttons."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import flt, getdate

from support_service.constants.roles import LEAD, MANAGER
from support_service.permissions import named_links
from support_service.permissions.role_check import has_role, require_role
from support_service.service_parts.loans import bookings, came_back, charges, history, moves
from support_service.service_parts.loans import hand_over as handing_over
from support_service.service_parts.loans import take_back as taking_back
from support_service.service_parts.loans.lifecycle import moves_from
from support_service.service_parts.loans.moves import LOAN

CHARGERS = (LEAD, MANAGER, "System Manager")


@frappe.whitelist()
def steps(loan: str) -> dict[str, Any]:
	"""What the form shows beside the fields: moves (action, label, primary, danger, needs_reason), days_late, history.

	And chargeable: rows of *Taken Back* whose damage the caller may charge.
	"""
	doc = _readable(loan)
	roles = set(frappe.get_roles()) | ({MANAGER} if has_role(("System Manager",)) else set())
	may_write = bool(frappe.has_permission(LOAN, "write", doc))
	return {
		"moves": [
			{
				"action": move.action,
				"label": _(move.label),
				"primary": move.primary,
				"danger": move.danger,
				"needs_reason": move.needs_reason,
			}
			for move in moves_from(doc.status, roles)
			if may_write
		],
		"days_late": handing_over.days_late(doc),
		"chargeable": charges.chargeable(doc) if has_role(CHARGERS) else [],
		"history": [_entry(row) for row in history.of(doc.name)],
	}


@frappe.whitelist(methods=["POST"])
def book(loan: str) -> str:
	"""Book the pieces for the loan's days; returns the status."""
	_writable(loan)
	return bookings.book(loan).status


@frappe.whitelist(methods=["POST"])
def release(loan: str) -> str:
	"""Give the days of a booked loan free again; returns the status."""
	_writable(loan)
	return moves.release(loan).status


@frappe.whitelist(methods=["POST"])
def cancel(loan: str, reason: str) -> str:
	"""Call a loan off before it is handed over; returns the status."""
	_writable(loan)
	return moves.cancel(loan, reason).status


@frappe.whitelist(methods=["POST"])
def extend(loan: str, until: str, reason: str) -> str:
	"""Move the due date; returns the new one."""
	_writable(loan)
	return str(bookings.extend(loan, getdate(until), reason).until_date)


@frappe.whitelist(methods=["POST"])
def hand_over(loan: str, signature: str = "", signed_by: str = "", unsigned_reason: str = "") -> str:
	"""The customer has the pieces now; returns the status. Repeating it changes nothing."""
	_writable(loan)
	signed = {"signature": signature, "signed_by": signed_by, "unsigned_reason": unsigned_reason}
	return handing_over.hand_over(loan, signed).status


@frappe.whitelist(methods=["POST"])
def undo_hand_over(loan: str, reason: str) -> str:
	"""It was not handed over after all; returns the status."""
	_writable(loan)
	return handing_over.undo(loan, reason).status


@frappe.whitelist(methods=["POST"])
def take_back(loan: str, rows: str | list[dict[str, Any]], command: str) -> str:
	"""Pieces have come back; returns the status.

	rows: piece (name of its row), qty, condition, damage, to_warehouse (empty: as the settings say). command: made by the form once;
	repeating it changes nothing.
	"""
	_writable(loan)
	sent = frappe.parse_json(rows)
	require_warehouses(sent)
	return taking_back.take_back(loan, came_back.read(sent), command=command[:140]).status


@frappe.whitelist(methods=["POST"])
def keep(loan: str, rows: str | list[dict[str, Any]], reason: str) -> str:
	"""Pieces stay with the customer, who has bought or lost them; returns the status. rows: piece, qty."""
	_writable(loan)
	sent = [{"piece": row.get("piece"), "qty": row.get("qty")} for row in frappe.parse_json(rows)]
	return taking_back.keep(loan, came_back.read(sent), reason).status


@frappe.whitelist(methods=["POST"])
def undo_take_back(loan: str, by: str, reason: str) -> str:
	"""What came back with one Stock Entry, or a row of what was kept, is out again; returns the status."""
	_writable(loan)
	return taking_back.undo(loan, by, reason).status


@frappe.whitelist(methods=["POST"])
def charge_damage(loan: str, amounts: str | dict[str, float]) -> str:
	"""Name of the draft Sales Invoice of damage (row of *Taken Back* → amount in company currency)."""
	_writable(loan)
	require_role(CHARGERS, _("Only the After-Sales Lead and the Service Manager charge damage."))
	return charges.charge(loan, {row: flt(amount) for row, amount in frappe.parse_json(amounts).items()})


def _readable(loan: str) -> Any:
	doc = frappe.get_doc(LOAN, loan)
	doc.check_permission("read")
	return doc


def _writable(loan: str) -> None:
	frappe.has_permission(LOAN, "write", loan, throw=True)


def require_warehouses(rows: list[dict[str, Any]]) -> None:
	"""Refuse a warehouse the caller may not see."""
	for row in rows:
		named_links.require("Warehouse", row.get("to_warehouse"), _("To Warehouse"))


def _entry(row: Any) -> dict[str, Any]:
	return {
		"action": row.action,
		"from_status": row.from_status,
		"to_status": row.to_status,
		"due_before": row.due_before,
		"due_on": row.due_on,
		"days": row.days,
		"whom": row.whom,
		"reached": row.reached,
		"reason": row.reason,
		"made_by": frappe.utils.get_fullname(row.made_by),
		"made_at": row.made_at,
	}
