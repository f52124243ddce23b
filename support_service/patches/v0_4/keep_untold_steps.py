"""Steps of cases that nobody could be told of in eight attempts are kept to be told by hand, where they are old.

They were given up after eight minutes; now attempts go on for a fortnight. What is younger than two days is taken up again,
nobody is told today of last month.
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
