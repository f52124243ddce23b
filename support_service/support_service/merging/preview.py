"""What a merge would do, counted and in words, before anybody does it."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

from support_service.service_level.clock.rules import OPEN_STATES
from support_service.support_service.merging import links, merges, rules

# what people look for first; the rest follows by number
SHOWN = (
	"Communication",
	"File",
	"Engineer Visit",
	"Part Need",
	"Coverage Decision",
	"Service Survey",
	"Timesheet",
)


def of(merged: str, into: str) -> dict[str, Any]:
	"""`why_not` and `worth_a_look`: sentences; `moves`: {label, count} of what would go along; `promises`: {kind, due, state} that go
	on. The caller has checked that the user may read both."""
	part, case = (frappe.get_doc(merges.CASE, name) for name in (merged, into))
	facts = merges.facts_of(part), merges.facts_of(case)
	return {
		"merged": _shown(part),
		"into": _shown(case),
		"why_not": [_(text).format(*names) for text, names in rules.why_not(*facts)],
		"worth_a_look": [_(text).format(*names) for text, names in rules.worth_a_look(*facts)],
		"moves": _counts(merged),
		"promises": _promises(merged),
	}


def _shown(case: Any) -> dict[str, Any]:
	return {name: case.get(name) for name in ("name", "subject", "status", "customer_name", "raised_on")}


def _counts(case: str) -> list[dict[str, Any]]:
	found: dict[str, int] = {}
	for link in links.following():
		if link.doctype in ("Service Clock", "Service Clock Entry", "Email Queue", "Communication Link"):
			continue  # promises are named one by one, the others belong to what is named
		if count := frappe.db.count(link.doctype, link.filters(case)):
			found[link.doctype] = found.get(link.doctype, 0) + count
	order = {doctype: place for place, doctype in enumerate(SHOWN)}
	names = sorted(found, key=lambda doctype: (order.get(doctype, len(order)), doctype))
	return [{"label": _(name), "count": found[name]} for name in names]


def _promises(case: str) -> list[dict[str, Any]]:
	rows = frappe.get_all(
		"Service Clock",
		{"request": case, "state": ("in", [str(state) for state in OPEN_STATES])},
		["kind", "due_at", "state"],
		order_by="due_at",
	)
	return [{"kind": _(row.kind), "due_at": row.due_at, "state": _(row.state)} for row in rows]
