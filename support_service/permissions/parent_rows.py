"""Rows of a child table go by their own parent.

Core asks, for a list of rows and for a row loaded on its own, only for the right to *some* document of the parent's
DocType: a customer who may read their own unit would read the rows of everybody's.
"""

from collections.abc import Callable

import frappe
from frappe.model.document import Document

from support_service.permissions.rule import Rule
from support_service.permissions.scope import Through


class ParentRow(Document):
	"""A child row that only whoever may read its parent may read on its own."""

	def has_permission(self, permtype="read", *, debug=False, user=None):
		if not self.parent_doc and self.parent and not self.flags.ignore_permissions:
			return frappe.has_permission(self.parenttype, permtype, self.parent, user=user, debug=debug)
		return super().has_permission(permtype, debug=debug, user=user)


def query_of(rule: Rule, child: str) -> Callable[[str | None], str]:
	"""Hook `permission_query_conditions` of the child table `child` of the rule's DocType."""

	def query(user: str | None = None) -> str:
		scope = rule.scope(user or frappe.session.user)
		return "" if scope.everything else Through("parent", rule.doctype, scope).sql(child)

	return query
