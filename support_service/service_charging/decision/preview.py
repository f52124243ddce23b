"""Who would pay for work on a unit today: for the hotline, the unit's form and the portal. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import frappe
from frappe.utils import getdate

from support_service.service_charging.decision import decisions, words
from support_service.service_charging.decision.lines import UNKNOWN, as_lines
from support_service.service_charging.rules.decide import decide
from support_service.service_charging.rules.details import Details
from support_service.service_charging.rules.outcome import LineDecision, result_of_all
from support_service.service_coverage.contract import contracts
from support_service.service_coverage.vocabulary import Source, SourceKind


def preview(unit: str | None, customer: str | None, on: date | None = None) -> dict[str, Any]:
	"""Who would pay for labour, travel and parts on the day `on` (today if None), and the warranties and contracts there are.

	Returns outcome; lines of kind, result, share, until, by (DocType, name) and sentence; warranties of name, state, part
	and until per kind; contracts of name, title, until, level and left (kind, remaining; None is unlimited).
	"""
	day = on or getdate()
	sources = decisions.sources_of(unit, customer, day)
	decided = decide(as_lines(UNKNOWN), sources, day)
	return {
		"outcome": result_of_all(line.result for line in decided).value,
		"on": day,
		"lines": [_line(line) for line in decided],
		"warranties": [_warranty(source) for source in sources if _is_warranty(source)],
		"contracts": _contracts(sources),
	}


def _line(decided: LineDecision) -> dict[str, Any]:
	main = max(decided.portions, key=lambda portion: portion.share, default=None)
	kind = decided.line.kind.value
	return {
		"kind": kind,
		"result": decided.result.value,
		"share": decided.share,
		"until": main.until if main else None,
		"by": [main.kind.value, main.source] if main else None,
		"sentence": words.sentence(kind, decided.share, Details(decided.portions, decided.refusals)),
	}


def _is_warranty(source: Source) -> bool:
	return source.kind == SourceKind.WARRANTY and not source.foreign


def _warranty(source: Source) -> dict[str, Any]:
	return {
		"name": source.name,
		"state": source.state,
		"in_force": source.in_force,
		"part": source.part,
		"starts_on": source.starts_on if source.starts_on < date.max else None,
		"until": {kind.value: day for kind, day in source.until.items() if day},
	}


def _contracts(sources: Sequence[Source]) -> list[dict[str, Any]]:
	found = [source for source in sources if source.kind == SourceKind.CONTRACT]
	if not found:
		return []
	rows = frappe.get_all(
		contracts.CONTRACT,
		filters={"name": ("in", [source.name for source in found])},
		fields=["name", "title", "end_date", "service_level_policy", "dedicated_engineer"],
	)
	known = {row.name: row for row in rows}
	return [
		{
			**known[source.name],
			"left": [
				{"kind": entitlement.kind, "remaining": entitlement.remaining, "share": entitlement.share}
				for entitlement in source.entitlements
			],
		}
		for source in found
	]
