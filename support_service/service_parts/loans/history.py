"""The ledger of loans (Equipment Loan Entry): its one writer, and the reading of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import now_datetime

from support_service.foundation import ledger

ENTRY = "Equipment Loan Entry"
CREATE, REMIND = "create", "remind"


def append(
	loan: Document,
	action: str,
	*,
	before: str | None = None,
	due_before: date | None = None,
	reason: str | None = None,
	**values: Any,
) -> Document:
	"""Append one step of `loan`, as it is after it. before: its status before."""
	return _append(
		loan,
		action=action,
		from_status=before,
		to_status=loan.status,
		due_before=due_before,
		reason=reason,
		**values,
	)


def append_reminder(loan: Document, *, whom: str, days: int, reached: list[str]) -> Document:
	"""Append that `reached` were reminded of `loan`, `days` after its due date; once for each due date, person and number of days."""
	return _append(
		loan,
		action=REMIND,
		whom=whom,
		days=days,
		reached=", ".join(reached),
		entry_key=key_of_reminder(loan, whom, days),
	)


def key_of_reminder(loan: Any, whom: str, days: int) -> str:
	"""The unique key of one reminder: a loan that is extended is reminded of anew."""
	return f"{loan.name}|{loan.until_date}|{whom}|{days}"


def count(loan: str, action: str) -> int:
	"""How often a step was made on a loan; the caller holds its lock."""
	return frappe.db.count(ENTRY, {"loan": loan, "action": action})


def of(loan: str) -> list[Any]:
	"""The entries of a loan, the newest first."""
	return frappe.get_all(
		ENTRY,
		filters={"loan": loan},
		fields=["*"],
		order_by="made_at desc, creation desc",
	)


def _append(loan: Document, **values: Any) -> Document:
	return ledger.append(
		frappe.get_doc(
			{
				"doctype": ENTRY,
				"loan": loan.name,
				"service_request": loan.service_request,
				"due_on": loan.until_date,
				"made_by": frappe.session.user,
				"made_at": now_datetime(),
				**values,
			}
		)
	)
