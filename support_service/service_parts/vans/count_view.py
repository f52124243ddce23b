"""A count as its page shows it: what is expected only where its reader may know it. Writes nothing."""

from __future__ import annotations

from typing import Any

import frappe
from frappe.model.document import Document

from support_service.service_parts.vans import counts, rights
from support_service.service_parts.vans.count_rules import State

HEAD = (
	"name",
	"engineer",
	"warehouse",
	"company",
	"status",
	"started_at",
	"counted_at",
	"stock_reconciliation",
	"van_handover",
	"discard_reason",
	"hides_expected",
)
FOUND = ("item_code", "batch_no", "tracking", "uom", "counted", "found", "found_serials", "note")
EXPECTED = ("expected", "expected_serials", "difference")


def vans() -> list[dict[str, Any]]:
	"""Vans that the caller may count, with the name of the open count and of the last one that is over, with its day."""
	engineers = rights.seen_engineers()
	places = [engineer.van_warehouse for engineer in engineers]
	fields = ["name", "warehouse", "status", "counted_at"]
	found = frappe.get_list(
		counts.COUNT,
		{"warehouse": ("in", places or [""]), "status": ("!=", State.DISCARDED)},
		fields,
		order_by="creation desc",
		limit=len(places) * 20,
	)
	open_counts = {count.warehouse: count.name for count in found if count.status == State.OPEN}
	last = {count.warehouse: count for count in reversed(found) if count.status != State.OPEN}
	return [
		{
			**{key: engineer[key] for key in ("name", "engineer_name", "team", "van_warehouse")},
			"own": engineer.user == frappe.session.user,
			"open_count": open_counts.get(engineer.van_warehouse),
			"last_count": last.get(engineer.van_warehouse),
		}
		for engineer in engineers
	]


def of(count: Document) -> dict[str, Any]:
	"""Head and rows of a count."""
	shows = shows_expected(count)
	leads = rights.leads(count.team)
	may_count = leads or count.engineer_user == frappe.session.user
	names = _item_names(row.item_code for row in count.rows)
	return {
		**{key: count.get(key) for key in HEAD},
		"engineer_name": frappe.get_cached_value("Service Engineer", count.engineer, "engineer_name"),
		"shows_expected": shows,
		"may_count": may_count,
		"may_discard": may_count if count.status == State.OPEN else leads,
		"rows": [_row(row, shows, names) for row in count.rows],
	}


def row_of(count: Document, row: Any) -> dict[str, Any]:
	"""One row of a count."""
	return _row(row, shows_expected(count), _item_names([row.item_code]))


def shows_expected(count: Document) -> bool:
	"""Not while somebody counts, where the settings hide it: whoever knows the number finds the number."""
	return count.status != State.OPEN or not count.hides_expected


def _row(row: Any, shows: bool, names: dict[str, str]) -> dict[str, Any]:
	shown = {key: row.get(key) for key in (*FOUND, *(EXPECTED if shows else ()))}
	return {**shown, "item_name": names.get(row.item_code)}


def _item_names(items: Any) -> dict[str, str]:
	wanted = {"name": ("in", sorted(set(items)) or [""])}
	return dict(frappe.get_all("Item", wanted, ["name", "item_name"], as_list=True, order_by=None))
