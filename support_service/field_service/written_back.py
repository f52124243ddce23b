"""Writing to a visit who pays for it and what its parts cost, which other rooms have decided and posted.

The visit and its rows are saved before the steps run that find these values out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import frappe
from frappe.model.document import Document

from support_service.foundation import rows
from support_service.foundation.posting import Posting
from support_service.service_charging.decision import visits as visit_decisions
from support_service.service_charging.rules.outcome import result_of

if TYPE_CHECKING:
	from support_service.field_service.doctype.engineer_visit.engineer_visit import EngineerVisit

VISIT, PART = "Engineer Visit", "Engineer Visit Part"


def show_results(visit: EngineerVisit, posting: Posting) -> None:
	"""A step of submitting: write decision and Stock Entry to the visit, and to each part row who pays and what it cost."""
	values: dict[str, object] = {}
	if posting.decision:
		values["coverage_decision"] = posting.decision
	if posting.stock_entry:
		values["stock_entry"] = posting.stock_entry
		values["parts_cost"] = sum(cost.amount for cost in posting.costs.values())
	_on_rows(visit, posting)
	if values:
		visit.db_set(values, update_modified=False)


def _on_rows(visit: EngineerVisit, posting: Posting) -> None:
	"""Write to part rows who pays for them, and what they cost by the stock ledger."""
	changes = _who_pays(posting.covered)
	for name, cost in posting.costs.items():
		changes.setdefault(name, {}).update(cost._asdict())
	for row in visit.parts:
		row.update(changes.get(row.name, {}))
	written = {field for change in changes.values() for field in change}
	# the same columns for all rows: one statement
	columns = [row.get_valid_dict() for row in visit.parts if row.name in changes]
	rows.update(PART, [{"name": row.name, **{field: row[field] for field in written}} for row in columns])


def show_removed(visit: EngineerVisit, posting: Posting) -> None:
	"""A step of submitting: write to each part row what happens to the part removed, where the engineer has left it open."""
	for row in visit.parts:
		row.update(posting.removed.get(row.name, {}))
	rows.update(PART, [{"name": name, **columns} for name, columns in posting.removed.items()])


def follow_decision(decision: Document, method: str | None = None) -> None:
	"""Event `decided_anew` of Coverage Decision: a person has decided otherwise who pays for a submitted visit."""
	if changes := _who_pays(visit_decisions.covered_rows(decision)):
		frappe.db.bulk_update(PART, changes, update_modified=False)
	frappe.db.set_value(
		VISIT, decision.engineer_visit, "coverage_decision", decision.name, update_modified=False
	)


def _who_pays(covered: visit_decisions.Covered) -> dict[str, dict[str, object]]:
	return {
		name: {"coverage": result_of(share).value, "covered_share": share} for name, share in covered.items()
	}
