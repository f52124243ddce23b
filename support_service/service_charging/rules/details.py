"""A line's decision as JSON text for the column `details`, and back. Frappe-free."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from support_service.service_charging.rules.outcome import LineDecision, Portion, Refusal, Why
from support_service.service_coverage.vocabulary import SourceKind


@dataclass(frozen=True, slots=True)
class Details:
	"""Who pays a line and who does not, as it was decided."""

	portions: tuple[Portion, ...] = ()
	refusals: tuple[Refusal, ...] = ()


def dump(decided: LineDecision | Details) -> str:
	"""A line's decision as JSON."""
	found = {
		"portions": [_without_empty(_fields(portion)) for portion in decided.portions],
		"refusals": [_without_empty(_fields(refusal)) for refusal in decided.refusals],
	}
	return json.dumps(found, default=str, ensure_ascii=False)


def load(text: str | None) -> Details:
	"""A line's decision from what `dump` wrote."""
	found = json.loads(text or "{}")
	return Details(
		tuple(_portion(row) for row in found.get("portions", ())),
		tuple(_refusal(row) for row in found.get("refusals", ())),
	)


def portions_of(text: str | None) -> tuple[Portion, ...]:
	"""Only who pays, from what `dump` wrote: of a unit with many parts there are many who do not."""
	return tuple(_portion(row) for row in json.loads(text or "{}").get("portions", ()))


def cut(portions: Sequence[Portion], share: float) -> tuple[Portion, ...]:
	"""Reduce `portions` to `share` percent in all, the last ones first, and what they use in proportion.

	A visit that still pays anything is used as a whole.
	"""
	kept, left = [], share
	for portion in portions:
		part = min(portion.share, left)
		if part <= 0:
			break
		left -= part
		used = portion.used if portion.entitlement == "Visits" else portion.used * part / portion.share
		kept.append(Portion(**{**_fields(portion), "share": round(part, 6), "used": round(used, 6)}))
	return tuple(kept)


def _fields(one: Portion | Refusal) -> dict[str, Any]:
	return {name: getattr(one, name) for name in one.__slots__}


def _without_empty(row: dict[str, Any]) -> dict[str, Any]:
	return {name: value for name, value in row.items() if value not in (None, 0.0)}


def _portion(row: Mapping[str, Any]) -> Portion:
	until = date.fromisoformat(row["until"]) if row.get("until") else None
	return Portion(**{"share": 0.0, **row, "kind": SourceKind(row["kind"]), "until": until})


def _refusal(row: Mapping[str, Any]) -> Refusal:
	why = Why(row["why"])
	detail: Any = row.get("detail")
	if detail and why in (Why.NOT_STARTED, Why.EXPIRED):
		detail = date.fromisoformat(detail)
	return Refusal(SourceKind(row["kind"]), row["source"], why, detail)
