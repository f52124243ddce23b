"""Running what submitting and cancelling a visit do: one list in hooks.py, `support_service_visit_steps`.

Rooms beside and below this one, and other apps, do their part as a step; the order in the list is the order in which they
run, in the transaction of the save.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import frappe

if TYPE_CHECKING:
	from support_service.field_service.doctype.engineer_visit.engineer_visit import EngineerVisit

HOOK = "support_service_visit_steps"


def run(visit: EngineerVisit, event: str) -> None:
	"""Call each step of `event` ("before_submit", "on_submit", "on_cancel") with the visit and its Posting."""
	for path in frappe.get_hooks(HOOK, {}).get(event, []):
		frappe.get_attr(path)(visit, visit.posting)
