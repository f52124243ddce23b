"""The check of a caller's role, where a right on the document alone does not say who decides."""

from __future__ import annotations

from collections.abc import Collection

import frappe


def has_role(roles: Collection[str]) -> bool:
	"""Has the caller one of `roles`?"""
	return not set(roles).isdisjoint(frappe.get_roles())


def require_role(roles: Collection[str], refusal: str) -> None:
	"""Raise frappe.PermissionError with `refusal`, translated by the caller, unless the caller has one of `roles`."""
	if not has_role(roles):
		frappe.throw(refusal, frappe.PermissionError)
