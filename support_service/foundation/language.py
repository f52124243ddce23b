"""In which language a text is written: that of the site, or that of a user; and writing it in another one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import frappe


def of_site() -> str:
	"""The site's language, for texts that are stored and read by everybody."""
	return frappe.db.get_default("lang") or "en"


def of_user(user: str) -> str:
	"""The language of `user`; the site's where they have chosen none."""
	return frappe.db.get_value("User", user, "language") or of_site()


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
	"""Translate into `language` meanwhile; into the reader's where it is None."""
	before = frappe.local.lang
	frappe.local.lang = language or before
	try:
		yield
	finally:
		frappe.local.lang = before
