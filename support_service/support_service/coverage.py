"""What a case shows of who pays for it; decided in service_coverage, which writes it here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
	from support_service.support_service.doctype.service_request.service_request import ServiceRequest

COLUMNS = ("coverage", "coverage_decision", "coverage_decisions")


def keep_columns(case: ServiceRequest) -> None:
	"""Called by every validate of a case: what its decisions have written is not for a save to change."""
	stored = case.get_doc_before_save()
	for name in COLUMNS:
		case.set(name, stored.get(name) if stored else None)
