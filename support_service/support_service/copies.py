"""What cases show of other records; see foundation/names/copies.py."""

from __future__ import annotations

from typing import Any

from support_service.foundation.names.copies import Copy
from support_service.installed_base.copies import site
from support_service.support_service.lifecycle import FINAL_STATES, Status

CASE = "Service Request"
NOT_OVER = tuple(status.value for status in Status if status not in FINAL_STATES)
CLOSED = "A closed request is archived: it keeps the names under which it was worked on."


def open_cases(case: Any) -> Any:
	# by what is open, not by what is closed: there is an index, and the closed ones are many
	return case.status.isin(NOT_OVER)


COPIES = (
	Copy(CASE, "customer_name", "customer", "Customer", "customer_name", CLOSED, open_cases),
	Copy(CASE, "engineer_name", "engineer", "Service Engineer", "engineer_name", CLOSED, open_cases),
	Copy(CASE, "item_code", "installed_unit", "Installed Unit", "item_code", CLOSED, open_cases),
	Copy(CASE, "serial_label", "installed_unit", "Installed Unit", "serial_label", CLOSED, open_cases),
	Copy(
		CASE,
		"contact_name",
		"contact",
		"Contact",
		"full_name",
		f"{CLOSED} A caller's name that somebody typed stays, too.",
		open_cases,
		typed=True,
	),
	site(CASE, CLOSED, open_cases),
)
