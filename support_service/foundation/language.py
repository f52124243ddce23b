"""Whose language something is said in."""

import frappe


def of_site() -> str:
	"""For sentences that are stored for everybody, whoever caused them."""
	return frappe.db.get_default("lang") or "en"


def of_user(user: str) -> str:
	"""The language `user` reads."""
	return frappe.db.get_value("User", user, "language") or of_site()
