"""What visits show of other records; see foundation/copies.py."""

from __future__ import annotations

from typing import Any

from pypika.terms import Function

from support_service.foundation.copies import Copy, draft
from support_service.installed_base.copies import AS_CHOSEN

VISIT, PART = "Engineer Visit", "Engineer Visit Part"
REPORT = "A submitted report is the customer's paper: it keeps the names under which the work was done."


def title(visit: Any) -> Any:
	"""As `EngineerVisit.take_over_from_case` writes it."""
	return Function("concat_ws", " · ", visit.customer_name, visit.service_request)


COPIES = (
	Copy(
		VISIT,
		"customer_name",
		"customer",
		"Customer",
		"customer_name",
		REPORT,
		draft,
		also=(("title", title),),
	),
	Copy(VISIT, "engineer_name", "engineer", "Service Engineer", "engineer_name", REPORT, draft),
	Copy(VISIT, "site_address_display", "site_address", "Address", "address_line1", AS_CHOSEN),
	Copy(PART, "item_name", "item_code", "Item", "item_name", REPORT, draft),
	Copy(PART, "uom", "item_code", "Item", "stock_uom", REPORT, draft),
)
