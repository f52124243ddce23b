"""Shows the mails of an Issue in the timeline of the case that was made of it. The mails stay with the Issue."""

from __future__ import annotations

from typing import Any

import frappe

from support_service.erpnext_takeover.records import text_of

LIMIT = 50
LONGEST = 600  # characters of a mail shown


def mails_of_issue(doctype: str, docname: str) -> list[dict[str, Any]]:
	"""Hook `additional_timeline_content`: mails of the case's Issue, newest first; none for who may not read the Issue."""
	source = frappe.db.get_value(doctype, docname, ["source_doctype", "source_name"])
	if not source or source[0] != "Issue" or not frappe.has_permission("Issue", "read", source[1]):
		return []
	mails = frappe.get_all(
		"Communication",
		filters={
			"reference_doctype": "Issue",
			"reference_name": source[1],
			"communication_type": "Communication",
		},
		fields=["name", "subject", "content", "sender", "sender_full_name", "creation"],
		order_by="creation desc",
		limit=LIMIT,
	)
	return [
		{
			"icon": "mail",
			"is_card": True,
			"creation": mail.creation,
			"content": _card(mail),
		}
		for mail in mails
	]


def _card(mail: Any) -> str:
	"""One mail as HTML: only its text, escaped, with a link to the mail itself."""
	sender, subject, text = (
		frappe.utils.escape_html(value or "")
		for value in (mail.sender_full_name or mail.sender, mail.subject, text_of(mail.content)[:LONGEST])
	)
	link = frappe.utils.get_url_to_form("Communication", mail.name)
	return f'<div class="text-muted small">{sender}</div><div><a href="{link}">{subject}</a></div><div>{text}</div>'
