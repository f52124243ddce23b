"""The devices a customer has on loan, on their page: what, since when and until when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import frappe
from frappe import _
from frappe.utils import getdate

from support_service.customer_portal import words
from support_service.service_parts.loans import hand_over
from support_service.service_parts.loans.lifecycle import OUT, Status

LOAN, PIECE = "Equipment Loan", "Equipment Loan Piece"
LIMIT = 50
SHOWN = (*OUT, Status.RETURNED)


def loans(customers: frozenset[str]) -> list[dict[str, Any]]:
	"""The customers' loans that were handed over, those that are out first, by due date; requests and bookings are ours to plan.

	Each: name, words and tone of today's state, since, due, is_out, case, pieces (name, serial, unit, back).
	"""
	names = frappe.get_all(
		LOAN,
		filters={"customer": ("in", sorted(customers)), "status": ("in", [status.value for status in SHOWN])},
		order_by="until_date desc, name desc",
		limit=LIMIT,
		pluck="name",
	)
	found = [_shown(frappe.get_doc(LOAN, name)) for name in names]
	return sorted(found, key=lambda one: (not one["is_out"], one["due_on"] if one["is_out"] else ""))


def due_dates(units: Iterable[str], customers: frozenset[str]) -> dict[str, str]:
	"""Unit → when it is due in words, for those of `units` that these customers have on loan."""
	loan, piece = frappe.qb.DocType(LOAN), frappe.qb.DocType(PIECE)
	rows = (
		frappe.qb.from_(piece)
		.join(loan)
		.on((loan.name == piece.parent) & (piece.parenttype == LOAN))
		.select(piece.installed_unit, loan.until_date)
		.where(piece.installed_unit.isin([*units, ""]) & loan.customer.isin(sorted(customers)))
		.where(loan.status.isin([status.value for status in OUT]) & (piece.qty > piece.returned_qty))
	).run()
	return {unit: words.day(until) for unit, until in rows if unit}


def given_back(units: Iterable[str]) -> set[str]:
	"""Those of `units` that were only on loan: nobody delivered them, and they are back with us."""
	names = list(units)
	if not names:
		return set()
	lent = frappe.get_all(PIECE, {"installed_unit": ("in", names)}, pluck="installed_unit", order_by=None)
	ours = {"name": ("in", lent or [""]), "delivered_on": ("is", "not set")}
	return set(frappe.get_all("Installed Unit", ours, pluck="name", order_by=None))


def _shown(loan: Any) -> dict[str, Any]:
	late, is_out = hand_over.days_late(loan), loan.status in OUT
	if late:
		said, tone = _("{0} days late").format(late), "red"
	elif is_out:
		said, tone = _("on loan until {0}").format(words.day(loan.until_date)), "blue"
	else:
		said, tone = _("returned", context="Equipment Loan"), "gray"
	return {
		"name": loan.name,
		"words": said,
		"tone": tone,
		"is_out": is_out,
		"since": words.day(loan.handed_over_on),
		"due": words.day(loan.until_date),
		"due_on": str(getdate(loan.until_date)),
		"case": loan.service_request,
		"pieces": [
			{
				"name": row.item_name or row.item_code,
				"serial": row.serial_no or "",
				"qty": row.qty,
				"unit": row.installed_unit if is_out and row.still_out() > 0 else None,
				"back": row.still_out() <= 0,
				"accessories": row.accessories or "",
			}
			for row in loan.pieces
		],
	}
