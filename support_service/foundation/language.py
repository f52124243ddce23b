"""In which language a text is written: that of the site, or that of a user."""

import frappe


def of_site() -> str:
	"""The site's language, for texts that are stored and read by everybody."""
	return frappe.db.get_default("lang") or "en"


def of_user(user: str) -> str:
	"""The language of `user`; the site's where they have chosen none."""
	return frappe.db.get_value("User", user, "language") or of_site()
