"""Running the steps of submitting and cancelling a visit, in the order of `support_service_visit_steps` in hooks.py.

Each step is a function of a room, or of another app, that does its part of the work, in the transaction of the save.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import frappe

if TYPE_CHECKING:
	from support_service.field_service.doctype.engineer_visit.engineer_visit import EngineerVisit

HOOK = "support_service_visit_steps"


def run(visit: EngineerVisit, event: str) -> None:
	"""Call each step of `event` ("before_submit", "on_submit" or "on_cancel") with the visit and its Posting."""
	for path in frappe.get_hooks(HOOK, {}).get(event, []):
		frappe.get_attr(path)(visit, visit.posting)
