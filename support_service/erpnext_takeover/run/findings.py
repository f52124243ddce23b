"""The report of a run: what became of each record and why. The only writer and reader of Takeover Finding.

What was skipped or failed stands there record by record. Of what was made, or stood there before, only some examples do:
everything made names its source itself (`source_doctype`, `source_name`), so its list is a filter away.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import frappe
from frappe import _
from pypika import Case

from support_service.erpnext_takeover.kinds import FAILED, MADE, OUTSIDE, SKIPPED, WOULD, Target
from support_service.erpnext_takeover.run.checkpoint import Progress
from support_service.foundation import rows
from support_service.foundation.names.keys import key_of

DOCTYPE = "Takeover Finding"
EXAMPLES = 20  # per kind and run
PAGE = 50
LONGEST_REASON = 500
TOLD_ALWAYS = (SKIPPED, FAILED)
COLUMNS = ("source_doctype", "source_name", "outcome", "reason", "target_doctype", "target_name")


@dataclass(frozen=True, slots=True)
class Finding:
	"""What became of one record."""

	source: str
	outcome: str
	reason: str | None = None
	target: Target | None = None


def write(run: str, doctype: str, found: Sequence[Finding], progress: Progress) -> None:
	"""Count all and store those worth telling; `reason` on something made says what was not carried along."""
	told = []
	for one in found:
		progress.note(one.outcome)
		if one.outcome == OUTSIDE:
			continue
		example = progress.examples < EXAMPLES
		if one.outcome in TOLD_ALWAYS or one.reason or example:
			told.append(_row(run, doctype, one))
			progress.examples += one.outcome not in TOLD_ALWAYS
	rows.insert(DOCTYPE, told)


def _row(run: str, doctype: str, one: Finding) -> dict[str, Any]:
	target_doctype, target_name = one.target or (None, None)
	return {
		"name": frappe.generate_hash(length=16),
		"run": run,
		"source_doctype": doctype,
		"source_name": one.source,
		"outcome": one.outcome,
		"reason": (one.reason or "")[:LONGEST_REASON] or None,
		"target_doctype": target_doctype,
		"target_name": target_name,
		"entry_key": key_of(run, doctype, one.source),
	}


def page(run: str, doctype: str | None, outcome: str | None, start: int) -> list[dict[str, Any]]:
	"""One page of findings: what needs attention first."""
	finding = frappe.qb.DocType(DOCTYPE)
	urgent = Case()
	for rank, value in enumerate((FAILED, SKIPPED, WOULD, MADE)):
		urgent = urgent.when(finding.outcome == value, rank)
	query = (
		frappe.qb.from_(finding)
		.select(*(finding[column] for column in COLUMNS))
		.where(finding.run == run)
		.orderby(urgent.else_(9), finding.source_doctype, finding.source_name)
		.limit(PAGE)
		.offset(start)
	)
	if doctype:
		query = query.where(finding.source_doctype == doctype)
	if outcome:
		query = query.where(finding.outcome == outcome)
	return query.run(as_dict=True)


def as_csv(run: str) -> Iterator[str]:
	"""The whole report, in pieces; a cell that a spreadsheet would take for a formula is written as text."""
	yield _line([_("Record Type"), _("Record"), _("Outcome"), _("Why"), _("Became Type"), _("Became")])
	after = ""
	while True:
		found = frappe.get_all(
			DOCTYPE,
			filters={"run": run, "name": (">", after)},
			fields=["name", *COLUMNS],
			order_by="name asc",
			limit=1000,
		)
		if not found:
			return
		after = found[-1].name
		yield "".join(_line([_shown(column, row[column]) for column in COLUMNS]) for row in found)


def _shown(column: str, value: str | None) -> str:
	if column in ("source_doctype", "target_doctype", "outcome"):
		return _(value) if value else ""
	text = value or ""
	return f"'{text}" if text[:1] in "=+-@\t" and text else text


def _line(cells: Sequence[str]) -> str:
	buffer = io.StringIO()
	csv.writer(buffer).writerow(cells)
	return buffer.getvalue()
