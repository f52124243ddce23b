"""Files that a customer uploads to a case or gets with it: always private, given out only after the case was checked."""

import re
from collections.abc import Iterable
from mimetypes import guess_type
from typing import Any

import frappe
from frappe import _
from frappe.handler import ALLOWED_MIMETYPES
from PIL import Image
from werkzeug.datastructures import FileStorage

from support_service.customer_portal import marked_files

CASE = "Service Request"
MAX_FILES = 10
RISKY = re.compile(r"""[<>:"/\\|?*&'`\x00-\x1f\x7f]""")
NAME_LENGTH = 140


class UploadRefusedError(frappe.ValidationError):
	"""Too many files, or one of a kind that is not taken."""


def uploaded(fieldname: str = "files") -> list[FileStorage]:
	"""Files of the present multipart request; raises UploadRefusedError before anything is written."""
	files = [file for file in frappe.request.files.getlist(fieldname) if file.filename]
	if len(files) > MAX_FILES:
		frappe.throw(_("Please attach {0} files at most.").format(MAX_FILES), UploadRefusedError)
	for file in files:
		check_kind(file.filename)
		_check_content(file)
	return files


def check_kind(file_name: str) -> None:
	"""Raise UploadRefusedError for a kind of file that is not taken."""
	if guess_type(file_name)[0] not in ALLOWED_MIMETYPES:
		frappe.throw(
			_("{0} cannot be attached. Please send photos, videos, PDF, text or Office documents.").format(
				frappe.bold(frappe.utils.escape_html(file_name))
			),
			UploadRefusedError,
		)


def store(files: Iterable[FileStorage], doctype: str, name: str, *, shown_to: str | None = None) -> None:
	"""Attach `files` to a document that the caller has checked. The one writer of portal uploads.

	shown_to: the customer that sees them though none of its people has sent them.
	"""
	for file in files:
		frappe.get_doc(
			{
				"doctype": "File",
				"attached_to_doctype": doctype,
				"attached_to_name": name,
				"file_name": plain_name(file.filename),
				"is_private": 1,
				"content": file.stream.read(),
				marked_files.MARK: shown_to,
			}
			# customers have no write permission on a case, which attaching asks for; the caller checked it is theirs
		).insert(ignore_permissions=True)


def _check_content(file: FileStorage) -> None:
	"""Raise UploadRefusedError for a picture that is none: Frappe would fail on it, and nobody could look at it."""
	if not (guess_type(file.filename)[0] or "").startswith("image/"):
		return
	try:
		with Image.open(file.stream) as picture:
			picture.verify()
	except Exception:  # a broken picture raises anything
		frappe.throw(
			_("{0} is not a picture, or it is damaged. Please send it again, or another one.").format(
				frappe.bold(frappe.utils.escape_html(file.filename))
			),
			UploadRefusedError,
		)
	finally:
		file.stream.seek(0)


def plain_name(file_name: str | None) -> str:
	"""A name without what leads into folders, is markup, or cannot be saved under Windows; Frappe refuses some of it when it is
	read again."""
	return RISKY.sub("_", file_name or "")[-NAME_LENGTH:]


def of_case(case: Any, communications: list[str], users: Iterable[str]) -> list[Any]:
	"""Files the customer may see: those their own `users` attached to the case, those marked for them, and those of messages they
	can read.

	Returns rows of marked_files.FIELDS.
	"""
	fields = list(marked_files.FIELDS)
	request = case.name
	own = frappe.get_all(
		"File",
		filters={
			"attached_to_doctype": CASE,
			"attached_to_name": request,
			"owner": ["in", sorted(users)],
			"is_folder": 0,
		},
		fields=fields,
		order_by="creation asc",
	)
	theirs = {file.name for file in own}
	marked = marked_files.of(CASE, [request], [case.customer])
	own += [file for file in marked if file.name not in theirs]
	if not communications:
		return own
	return own + frappe.get_all(
		"File",
		filters={
			"attached_to_doctype": "Communication",
			"attached_to_name": ["in", communications],
			"is_folder": 0,
		},
		fields=fields,
		order_by="creation asc",
	)
