"""Checks of the caller's role, for functions where a right on the document is not enough."""

from __future__ import annotations

from collections.abc import Collection

import frappe


def has_role(roles: Collection[str]) -> bool:
	"""Whether the caller has one of `roles`."""
	return not set(roles).isdisjoint(frappe.get_roles())


def require_role(roles: Collection[str], refusal: str) -> None:
	"""Raise frappe.PermissionError with `refusal`, translated by the caller, unless the caller has one of `roles`."""
	if not has_role(roles):
		frappe.throw(refusal, frappe.PermissionError)
