"""Overrides: shares a lead has set on lines of a decision in place of what the rules say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import frappe
from frappe.utils import flt, now_datetime

from support_service.foundation import currencies
from support_service.service_charging.rules.outcome import result_of
from support_service.service_coverage.vocabulary import Kind

FIELDS = ("overridden", "override_reason", "overridden_by", "overridden_on")


def put_on(row: dict[str, Any], share: float, reason: str) -> None:
	"""Let `share` percent of the line be covered; the rules' share stays in `rule_share`."""
	row.update(
		{
			"covered_share": flt(share, 6),
			"overridden": 1,
			"override_reason": reason,
			"overridden_by": frappe.session.user,
			"overridden_on": now_datetime(),
		}
	)
	_settle(row)


def carry_over(before: Any, rows: Iterable[dict[str, Any]]) -> None:
	"""Apply the overrides of an earlier decision of the case (see `store.handed_on`) to the same work in `rows`.

	The same work is the same kind of line, for parts of the same item.
	"""
	decided = {_what(row): row for row in before.lines if row.overridden}
	for row in rows:
		if earlier := decided.get(_what(row)):
			row.update({name: earlier.get(name) for name in FIELDS})
			row["covered_share"] = earlier.covered_share
			_settle(row)


def _what(row: Any) -> tuple[str, str | None]:
	return row.get("kind"), row.get("item_code") if row.get("kind") == Kind.PART else None


def _settle(row: dict[str, Any]) -> None:
	row["result"] = result_of(row["covered_share"]).value
	charge = flt(row["amount"]) * (100 - row["covered_share"]) / 100
	row["charge"] = flt(charge, currencies.amount_decimals(row.get("currency")))
