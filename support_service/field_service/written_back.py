"""Writing to a visit who pays for it and what its parts cost, which other rooms have decided and posted.

The visit and its rows are saved before the steps run that find these values out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import frappe
from frappe.model.document import Document

from support_service.foundation.posting import Posting
from support_service.service_charging.decision import visits as visit_decisions
from support_service.service_charging.rules.outcome import result_of

if TYPE_CHECKING:
	from support_service.field_service.doctype.engineer_visit.engineer_visit import EngineerVisit

VISIT, PART = "Engineer Visit", "Engineer Visit Part"


def show_coverage(visit: EngineerVisit, posting: Posting) -> None:
	"""A step of submitting: write the coverage decision to the visit, and who pays to each part row."""
	if not posting.decision:
		return
	changes = _on_rows(posting.covered)
	for row in visit.parts:
		row.update(changes.get(row.name, {}))
	visit.db_set("coverage_decision", posting.decision, update_modified=False)


def show_costs(visit: EngineerVisit, posting: Posting) -> None:
	"""A step of submitting: write the Stock Entry to the visit, and to each part row what it cost by the stock ledger."""
	if not posting.stock_entry:
		return
	costs = {name: cost._asdict() for name, cost in posting.costs.items()}
	for row in visit.parts:
		row.update(costs.get(row.name, {}))
	frappe.db.bulk_update(PART, costs, update_modified=False)
	total = sum(cost.amount for cost in posting.costs.values())
	visit.db_set({"stock_entry": posting.stock_entry, "parts_cost": total}, update_modified=False)


def follow_decision(decision: Document, method: str | None = None) -> None:
	"""Event `decided_anew` of Coverage Decision: a person has decided otherwise who pays for a submitted visit."""
	_on_rows(visit_decisions.covered_rows(decision))
	frappe.db.set_value(
		VISIT, decision.engineer_visit, "coverage_decision", decision.name, update_modified=False
	)


def _on_rows(covered: visit_decisions.Covered) -> dict[str, dict[str, object]]:
	"""Write to part rows who pays for them; returns what was written, by row."""
	changes = {
		name: {"coverage": result_of(share).value, "covered_share": share} for name, share in covered.items()
	}
	if changes:
		frappe.db.bulk_update(PART, changes, update_modified=False)
	return changes
