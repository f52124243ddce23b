"""Rows of a child table go by their own parent.

Core asks, for a list of rows and for a row loaded on its own, only for the right to *some* document of the parent's
DocType: a customer who may read their own unit would read the rows of everybody's.
"""

from collections.abc import Callable

import frappe
from frappe import _
from frappe.model import table_fields
from frappe.model.document import Document
from frappe.permissions import get_user_permissions

from support_service.permissions import followers, named_links
from support_service.permissions.rule import Rule
from support_service.permissions.scope import Through


class RowAloneError(frappe.ValidationError):
	"""A row is changed past the document it belongs to."""


class ParentRow(Document):
	"""A child row that only whoever may read its parent may read on its own, and that is changed with its parent only.

	REST lets a row be inserted, saved or deleted by itself, past everything its document checks. Rows of a document that is
	saved do not come by here.
	"""

	def validate(self):
		self.refuse_alone()

	def on_trash(self):
		self.refuse_alone()

	def refuse_alone(self):
		if not self.flags.ignore_permissions:
			frappe.throw(
				_("Change this row in {0} {1}, which it belongs to.").format(_(self.parenttype), self.parent),
				RowAloneError,
			)

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


def query(user: str | None = None, doctype: str | None = None) -> str:
	"""Hook `permission_query_conditions` of every DocType: rows of a table of ours whose document the user's User
	Permissions let through, whichever DocType the document is of."""
	user = user or frappe.session.user
	if not doctype or not named_links.is_ours(doctype) or not frappe.get_meta(doctype).istable:
		return ""
	if not get_user_permissions(user):
		return ""
	narrowed = {parent: _allowed(parent, user) for parent in _parents(doctype)}
	if not any(narrowed.values()):
		return ""
	return f"({' or '.join(_of_parent(doctype, *one) for one in narrowed.items())})"


def _allowed(parent: str, user: str) -> str:
	# a settings document has no table
	return "" if frappe.get_meta(parent).issingle else followers.by_user_permissions(parent, user)


def _of_parent(table: str, parent: str, allowed: str) -> str:
	row = f"`tab{table}`"
	of_kind = f"{row}.`parenttype` = {frappe.db.escape(parent)}"
	if not allowed:
		return f"({of_kind})"
	seen = f"select `name` from `tab{parent}` where {allowed}"  # noqa: S608 - names are ours, values escaped by Frappe
	return f"({of_kind} and {row}.`parent` in ({seen}))"


def _parents(table: str) -> list[str]:
	"""DocTypes with rows of `table`."""
	holds = {"fieldtype": ("in", table_fields), "options": table}
	named = {
		*frappe.get_all("DocField", holds, pluck="parent"),
		*frappe.get_all("Custom Field", holds, pluck="dt"),
	}
	return sorted(named)
