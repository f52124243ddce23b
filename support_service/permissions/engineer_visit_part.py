"""Who may list part rows: core checks only the right to read *any* visit, so the rows follow their visit here."""

import frappe

from support_service.permissions import engineer_visit
from support_service.permissions.scope import Through


def query(user: str | None = None) -> str:
	"""Hook `permission_query_conditions` of the child table."""
	scope = engineer_visit.RULE.scope(user or frappe.session.user)
	if scope.everything:
		return ""
	return Through("parent", engineer_visit.RULE.doctype, scope).sql("Engineer Visit Part")
