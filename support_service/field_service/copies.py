"""What visits show of other records; see foundation/names/copies.py."""

from __future__ import annotations

from typing import Any

from pypika.terms import Function

from support_service.foundation.names.copies import Copy, draft
from support_service.installed_base.copies import site

VISIT, PART = "Engineer Visit", "Engineer Visit Part"
DOT, TITLE_LENGTH = " · ", 140
REPORT = "A submitted report is the customer's paper: it keeps the names under which the work was done."


def title_of(customer_name: str | None, case: str) -> str:
	"""The title of a visit: customer and case, a long name cut to fit."""
	name = (customer_name or "")[: TITLE_LENGTH - len(DOT) - len(case)]
	return DOT.join(filter(None, (name, case)))


def title(visit: Any) -> Any:
	"""The same title as an expression of the query builder, for updating many visits at once."""
	case = visit.service_request
	room = TITLE_LENGTH - len(DOT) - Function("char_length", case)
	return Function("concat_ws", DOT, Function("left", visit.customer_name, room), case)


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
	site(VISIT, REPORT, draft),
	Copy(PART, "item_name", "item_code", "Item", "item_name", REPORT, draft),
	Copy(PART, "uom", "item_code", "Item", "stock_uom", REPORT, draft),
)
