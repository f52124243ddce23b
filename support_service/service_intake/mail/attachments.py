"""What is attached to a letter: private files of its Communication, within the limits of the mailbox.

What is beyond the limits, or what the site does not take, stays in the raw message; the request says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import frappe
from frappe.core.api.file import get_max_file_size
from frappe.model.document import Document
from frappe.utils import cint

from support_service.foundation.savepoints import attempt
from support_service.service_intake.mail.letters import Attachment, Letter

if TYPE_CHECKING:
	from support_service.support_service.doctype.service_mailbox.service_mailbox import ServiceMailbox

MEGABYTE = 1024 * 1024


def keep(letter: Letter, message: Document, mailbox: ServiceMailbox) -> tuple[dict[str, str], list[str]]:
	"""Attach files to `message`; returns (Content-ID → address of the file, names of those that were left out)."""
	limit = min(cint(mailbox.max_file_mb) * MEGABYTE or get_max_file_size(), get_max_file_size())
	shown: dict[str, str] = {}
	left_out: list[str] = []
	kept = 0
	for attachment in letter.attachments:
		file = None
		if kept < cint(mailbox.max_files) and len(attachment.content) <= limit:
			file = attempt(
				lambda attachment=attachment: _file(attachment, message),
				lambda _error: None,
				savepoint="mail_attachment",
			)
		if file is None:
			left_out.append(f"{attachment.name} ({_size(len(attachment.content))})")
			continue
		kept += 1
		if attachment.cid:
			shown[attachment.cid] = file.unique_url if hasattr(file, "unique_url") else file.file_url
	return shown, left_out


def _file(attachment: Attachment, message: Document) -> Document:
	return frappe.get_doc(
		{
			"doctype": "File",
			"file_name": attachment.name,
			"attached_to_doctype": message.doctype,
			"attached_to_name": message.name,
			"is_private": 1,
			"content": attachment.content,
		}
	).insert(ignore_permissions=True)  # what came in by mail has no user


def _size(number: int) -> str:
	return f"{number / MEGABYTE:.1f} MB" if number >= MEGABYTE // 10 else f"{max(number // 1024, 1)} KB"
