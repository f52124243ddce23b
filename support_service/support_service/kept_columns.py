"""Columns of a case that the app itself computes and writes: no save, by whomever, changes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
COLUMNS = (*OF_PROMISES, *OF_COVERAGE)


def keep(case: ServiceRequest) -> None:
	"""Put back the stored values of COLUMNS; part of every validate of a case. A form that was opened earlier sends older ones."""
	stored = case.get_doc_before_save()
	for name in COLUMNS:
		case.set(name, stored.get(name) if stored else None)
