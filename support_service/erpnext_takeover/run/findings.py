"""The report of a run: what became of each record and why. The only writer and reader of Takeover Finding.

Every record that was skipped or failed is listed. Of those that were made, or had been taken over before, the report lists
some examples only: everything made names its source (`source_doctype`, `source_name`), so a list filter finds all of it.
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
ALWAYS_LISTED = (SKIPPED, FAILED)
COLUMNS = ("source_doctype", "source_name", "outcome", "reason", "target_doctype", "target_name")


@dataclass(frozen=True, slots=True)
class Finding:
	"""What became of one record."""

	source: str
	outcome: str
	reason: str | None = None
	target: Target | None = None


def write(run: str, doctype: str, found: Sequence[Finding], progress: Progress) -> None:
	"""Count all outcomes in `progress`, and store those that the report lists.

	On a record that was made, `reason` says what could not be taken over with it.
	"""
	listed = []
	for one in found:
		progress.note(one.outcome)
		if one.outcome == OUTSIDE:
			continue
		example = progress.examples < EXAMPLES
		if one.outcome in ALWAYS_LISTED or one.reason or example:
			listed.append(_row(run, doctype, one))
			progress.examples += one.outcome not in ALWAYS_LISTED
	rows.insert(DOCTYPE, listed)


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
	"""One page of findings, failed and skipped ones first. start: how many to leave out."""
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
	"""The whole report as pieces of CSV. A cell that a spreadsheet would take for a formula is written as text."""
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
