"""Which users can act for us, and the one function that sends them a desk notification.

Somebody who left the company may still be named in teams, cases, duty shifts and contracts. All code that picks a person asks
here, so that no task and no notification goes to a user who is disabled or has lost the role.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

import frappe
from frappe.utils import escape_html

from support_service.foundation import language

ADMINISTRATOR = "Administrator"
DESK = "System User"


def able(users: Iterable[str | None], *roles: str) -> list[str]:
	"""Those of `users` who can act, in the same order: enabled desk users with one of `roles`, if any are given."""
	asked = [user for user in dict.fromkeys(users) if user]
	if not asked:
		return []
	enabled = {"name": ("in", asked), "enabled": 1, "user_type": DESK}
	found = set(frappe.get_all("User", enabled, pluck="name", order_by=None))
	if roles and found:
		held = {"parenttype": "User", "parent": ("in", sorted(found)), "role": ("in", roles)}
		# Administrator has every role without a row
		found &= {ADMINISTRATOR, *frappe.get_all("Has Role", held, pluck="parent", order_by=None)}
	return [user for user in asked if user in found]


def holders(*roles: str) -> list[str]:
	"""All users with one of `roles` who can act, sorted by name, without system accounts."""
	held = {"parenttype": "User", "role": ("in", [role for role in roles if role] or [""])}
	names = frappe.get_all("Has Role", held, pluck="parent", order_by=None, distinct=True)
	return able(sorted(name for name in names if name not in frappe.STANDARD_USERS))


def was_notified(users: Iterable[str], link: str, since: datetime) -> bool:
	"""Whether one of `users` has been sent a notification that opens `link` since then."""
	sent = {"for_user": ("in", sorted(users) or [""]), "link": link, "creation": (">", since)}
	return bool(frappe.db.exists("Notification Log", sent))


def notify(
	users: Iterable[str | None],
	text: Callable[[str], str],
	*,
	document: tuple[str, str] | None = None,
	link: str | None = None,
	content: str | None = None,
	from_user: str | None = None,
) -> list[str]:
	"""Send one desk notification to each of `users` who can act; returns who got one. All our notifications go through here.

	text: gives the sentence in a language. document: (DocType, name) that it opens; without one it opens `link`.
	content: safe HTML below the sentence.
	"""
	notified = able(users)
	doctype, name = document or (None, None)
	for user in notified:
		frappe.get_doc(
			{
				"doctype": "Notification Log",
				"type": "Alert",
				"for_user": user,
				"from_user": from_user or frappe.session.user,
				"document_type": doctype,
				"document_name": name,
				"link": link,
				"subject": escape_html(text(language.of_user(user))),
				"email_content": content,
			}
		).insert(ignore_permissions=True)  # nobody has create permission on another user's notifications
	return notified
