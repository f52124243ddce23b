"""Who may see a Service Contract: staff all of them; a customer what was concluded with them, never a draft.

A draft may hold a price that has not been offered yet. Roles that are not narrowed see drafts as their permissions say.
"""

import frappe
from frappe.model.document import Document

from support_service.constants.roles import CUSTOMER
from support_service.permissions.grants import own_customers
from support_service.permissions.rule import Rule

RULE = Rule("Service Contract", {CUSTOMER: own_customers})


def query(user: str | None = None) -> str:
	"""Hook `permission_query_conditions`."""
	condition = RULE.query(user)
	return f"({condition} and `tabService Contract`.docstatus > 0)" if condition else ""


def has_permission(doc: Document, ptype: str | None = None, user: str | None = None) -> bool | None:
	"""Hook `has_permission`."""
	narrowed = not RULE.scope(user or frappe.session.user).everything
	return False if narrowed and _is_draft(doc) else RULE.has_permission(doc, ptype, user)


def has_website_permission(
	doc: Document | None = None, ptype: str = "read", user: str | None = None, verbose: bool = False
) -> bool:
	"""Hook `has_website_permission`."""
	return bool(doc) and not _is_draft(doc) and RULE.has_website_permission(doc, ptype, user, verbose)


def _is_draft(doc: Document) -> bool:
	"""By what is stored: a document in memory may carry what a client sent."""
	return not frappe.db.get_value("Service Contract", doc.name, "docstatus") if doc.name else True
