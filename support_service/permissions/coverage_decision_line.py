"""Who may list decision lines: core checks only the right to read *any* decision, so the rows follow theirs here."""

import frappe

from support_service.permissions import coverage_decision
from support_service.permissions.scope import Through


def query(user: str | None = None) -> str:
	"""Hook `permission_query_conditions` of the child table."""
	scope = coverage_decision.RULE.scope(user or frappe.session.user)
	if scope.everything:
		return ""
	return Through("parent", coverage_decision.RULE.doctype, scope).sql("Coverage Decision Line")
