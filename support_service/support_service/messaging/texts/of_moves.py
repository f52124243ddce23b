"""What the texts about a move of a request may say."""

from __future__ import annotations

from typing import Any

import frappe
from babel.dates import format_datetime
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_datetime
from frappe.utils.html_utils import sanitize_html
from markupsafe import Markup

from support_service.foundation import zones


def values(case: Document, move: Document, language: str) -> dict[str, Any]:
	"""What the texts about a move may say."""
	return {
		"status": _(move.to_status, language, "Service Request") if move.to_status else None,
		"engineer": _engineer_name(move) or None,
		"reason": move.reason,
		"resolution": case.resolution,
		# cleaned of all that could run in a reader's browser
		"solution_plan": Markup(sanitize_html(case.solution_plan or "", always_sanitize=True)),
		"due": _due(case, language) if move.action == "create" else None,
	}


def _due(case: Document, language: str) -> str | None:
	"""The next promise of a new case, as the customer reads it: what, and until when."""
	if not (case.next_due_at and case.next_due_kind):
		return None
	kind = _(case.next_due_kind, lang=language, context="Service Clock")
	until = format_datetime(get_datetime(case.next_due_at), "medium", locale=zones.locale_of(language))
	return f"{kind}: {until}"


def _engineer_name(move: Document) -> str:
	"""The engineer at the time of the move, who may have been replaced since."""
	return (
		frappe.db.get_value("Service Engineer", move.engineer, "engineer_name") if move.engineer else ""
	) or ""
