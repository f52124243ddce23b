"""What coverage decisions show of other records; see foundation/names/copies.py."""

from __future__ import annotations

from typing import Any

import frappe
from pypika.terms import ExistsCriterion

from support_service.foundation.names.copies import Copy
from support_service.support_service.copies import CASE, NOT_OVER

DECISION = "Coverage Decision"


def of_open_cases(decision: Any) -> Any:
	case = frappe.qb.DocType(CASE)
	return ExistsCriterion(
		frappe.qb.from_(case)
		.select(case.name)
		.where((case.name == decision.service_request) & case.status.isin(NOT_OVER))
	)


COPIES = (
	Copy(
		DECISION,
		"customer_name",
		"customer",
		"Customer",
		"customer_name",
		"A decision on a closed request is part of what is archived.",
		of_open_cases,
	),
)
