"""Columns of a case that the app itself computes and writes: no save, by whomever, changes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import frappe
from frappe.model.document import Document

from support_service.foundation import first_read, rows

if TYPE_CHECKING:
	from support_service.support_service.doctype.service_request.service_request import ServiceRequest

# written by promises.py and by the sweep of the clocks
OF_PROMISES = (
	"service_level_policy",
	"agreed_calendar",
	"service_contract",
	"clock_state",
	"next_due_at",
	"next_due_kind",
)
# who pays; written by service_charging when it decides
OF_COVERAGE = ("coverage", "coverage_decision", "coverage_decisions")
# how many cases were merged into it; written by merging/
OF_MERGES = ("merges",)
COLUMNS = (*OF_PROMISES, *OF_COVERAGE, *OF_MERGES)


def keep(case: ServiceRequest) -> None:
	"""Put back the stored values of COLUMNS; part of every validate of a case. A form that was opened earlier sends older ones."""
	stored = case.get_doc_before_save()
	for name in COLUMNS:
		case.set(name, stored.get(name) if stored else None)


def put(case: ServiceRequest, values: Mapping[str, Any], *, later: bool = False) -> None:
	"""Write `values` of COLUMNS, on the document too: whoever saved it goes on with what is stored.

	later: together with what others put, when all have followed the first step of a new case; see `follow_move`. `modified` stays,
	so that an open form can still be saved.
	"""
	if any(case.get(name) != value for name, value in values.items()):
		case.update(values)
		first = first_read.of(case) if later else None
		if first:
			first.columns.update(values)
		else:
			# not Document.db_set: it would load the document it is about to compare a save with
			frappe.db.set_value(case.doctype, case.name, values, update_modified=False)


def follow_move(row: Document, method: str | None = None) -> None:
	"""Listens to Service Request Move (see hooks.py), behind those who put columns of a new case."""
	write_put(row.flags.case)


def write_put(case: ServiceRequest) -> None:
	"""Write what was put on a new case for later, in one statement. Frappe clears the cache of the case when it is inserted."""
	first = first_read.of(case)
	if first and first.columns:
		rows.update(case.doctype, [{"name": case.name, **first.columns}])
		first.columns = {}
