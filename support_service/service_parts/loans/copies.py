"""What loans show of other records; see foundation/names/copies.py."""

from __future__ import annotations

from typing import Any

from support_service.foundation.names.copies import Copy
from support_service.service_parts.loans.lifecycle import OPEN

LOAN = "Equipment Loan"
SIGNED = "A loan that is over is a paper the customer signed: it keeps the names of the day."


def open_loans(loan: Any) -> Any:
	return loan.status.isin([status.value for status in OPEN])


COPIES = (Copy(LOAN, "customer_name", "customer", "Customer", "customer_name", SIGNED, open_loans),)
