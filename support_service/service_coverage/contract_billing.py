"""The invoices of a contract: which are due, and which is next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import frappe
from frappe.utils import cint, getdate

from support_service.service_coverage import contract_rules
from support_service.service_coverage.contract_rules import Installment


def schedule_of(contract: Any) -> tuple[Installment, ...]:
	"""The invoices of a contract (row or document) by its term, price and termination."""
	if not contract.price or not contract.start_date or not contract.end_date:
		return ()
	return contract_rules.schedule(
		start=getdate(contract.start_date),
		end=getdate(contract.end_date),
		price=contract.price,
		interval=contract.billing_interval or contract_rules.IN_ADVANCE,
		digits=digits_of(contract.currency),
		terminated_on=getdate(contract.terminated_on) if contract.terminated_on else None,
	)


def digits_of(currency: str | None) -> int:
	"""Decimals of amounts in `currency`."""
	fraction = frappe.get_cached_value("Currency", currency, "fraction_units") if currency else None
	return (
		len(str(cint(fraction))) - 1
		if cint(fraction) > 1
		else cint(frappe.db.get_default("currency_precision") or 2)
	)


def next_invoice(contract: Any) -> dict[str, Any]:
	"""The column `next_invoice_on`: the day from which the next invoice is due, nothing where all are made."""
	return {"next_invoice_on": None}


def made_for(contract: str) -> Sequence[str]:
	"""Keys of the invoices made already."""
	return []
