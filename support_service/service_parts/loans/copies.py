"""What loans show of other records; see foundation/names/copies.py."""

from __future__ import annotations

from typing import Any

import frappe
from pypika.terms import ExistsCriterion

from support_service.foundation.names.copies import Copy
from support_service.service_parts.loans.lifecycle import BEFORE_HAND_OVER, OPEN

LOAN, PIECE = "Equipment Loan", "Equipment Loan Piece"
OVER = "A loan that is over keeps the names of the day."
SIGNED = "What was handed over is a paper the customer signed: it keeps the names of the day."


def open_loans(loan: Any) -> Any:
	return loan.status.isin([status.value for status in OPEN])


def not_handed_over(piece: Any) -> Any:
	loan = frappe.qb.DocType(LOAN)
	waits = loan.status.isin([status.value for status in BEFORE_HAND_OVER])
	return ExistsCriterion(frappe.qb.from_(loan).select(loan.name).where((loan.name == piece.parent) & waits))


COPIES = (
	Copy(LOAN, "customer_name", "customer", "Customer", "customer_name", OVER, open_loans),
	Copy(PIECE, "item_name", "item_code", "Item", "item_name", SIGNED, not_handed_over),
	Copy(PIECE, "uom", "item_code", "Item", "stock_uom", SIGNED, not_handed_over),
)
