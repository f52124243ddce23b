"""Ledger rows whose notification failed eight times, which was the limit before, are left for a person to send if they are old.

Now attempts go on for a fortnight. Rows younger than two days are tried again; for older ones the attempts count as used up, so
that nobody is notified today of what happened last month.
"""

from __future__ import annotations

import frappe
from frappe.utils import add_to_date, now_datetime

from support_service.foundation.batches import MAX_ATTEMPTS

GIVEN_UP = 8  # attempts, before
TAKEN_UP = 2  # days


def execute() -> None:
	"""One statement for each of the two ledgers; nothing to do the second time."""
	before = add_to_date(now_datetime(), days=-TAKEN_UP)
	for doctype in ("Service Request Move", "Service Clock Entry"):
		row = frappe.qb.DocType(doctype)
		(
			frappe.qb.update(row)
			.set(row.tell_attempts, MAX_ATTEMPTS)
			.where((row.told == 0) & (row.tell_attempts == GIVEN_UP) & (row.creation < before))
		).run()
