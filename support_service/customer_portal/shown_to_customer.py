"""Decides which files of a case its customer may open: one rule for the page, the file's own address and the desk.

Hook key `support_service_shown_files` (permissions/shown_files.py): called with a File's row and the user who asks.
"""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import unquote

import frappe

from support_service.customer_portal import case_page, files, marked_files, messages
from support_service.permissions import who
from support_service.permissions.documents import service_request

CASE = "Service Request"
SOURCE = re.compile(r"""(?:src|href)=["']([^"']+)["']""")


def file_of_case(file: Any, user: str) -> bool:
	"""Whether `user` may open a file attached to a case: sent by the customer's people, or part of a text on the page."""
	return _is_shown(file.get("attached_to_name"), file, user)


def file_of_message(file: Any, user: str) -> bool:
	"""Whether `user` may open a file attached to a Communication: it came with a message that the page shows."""
	on = ["reference_doctype", "reference_name"]
	message = frappe.db.get_value("Communication", file.get("attached_to_name"), on, as_dict=True)
	if not message or message.reference_doctype != CASE:
		return False
	return _is_shown(message.reference_name, file, user)


def names_of(case: Any) -> set[str]:
	"""Names of the Files of `case` and of its messages that its customer may open."""
	users, addresses = messages.people_of(case.customer)
	readable = messages.of_case(case, addresses)
	listed = files.of_case(case, [message.name for message in readable], users)
	# Frappe stores the same content once: a file sent with a message is shown wherever else it is attached
	shown = {file.file_url for file in listed} | _inside(case_page.texts(case))
	on_case = {"attached_to_doctype": CASE, "attached_to_name": case.name, "is_folder": 0}
	rows = frappe.get_all("File", on_case, ["name", "file_url", "owner"], order_by=None)
	# a description is often pasted, so of the files it names only those count that its author has uploaded
	author = case_page.entered_by(case)
	theirs = _inside([case.description or ""]) if author else set()
	return {file.name for file in listed} | {
		row.name for row in rows if row.file_url in shown or (row.file_url in theirs and row.owner == author)
	}


def files_of(holder: Any) -> list[dict[str, Any]]:
	"""For staff: every file of a request and its messages, of a device or of a contract, newest first; see desk_api.files_of."""
	communications = []
	if holder.doctype == CASE:
		shown = names_of(holder)
		on = {"reference_doctype": CASE, "reference_name": holder.name}
		communications = frappe.get_all("Communication", on, pluck="name", order_by=None)
	else:
		shown = {row.name for row in marked_files.of(holder.doctype, [holder.name], [holder.customer])}
	rows = frappe.get_all(
		"File",
		filters={"is_folder": 0, "attached_to_name": ("in", [holder.name, *communications])},
		fields=[
			"name",
			"file_name",
			"file_url",
			"owner",
			"creation",
			"attached_to_doctype",
			marked_files.MARK,
		],
		order_by="creation desc, name desc",
	)
	return [
		{
			"name": row.name,
			"file_name": row.file_name,
			"file_url": row.file_url,
			"owner_name": frappe.utils.get_fullname(row.owner),
			"creation": row.creation,
			"with_message": row.attached_to_doctype == "Communication",
			"shown": row.name in shown,
			"marked": row.name in shown and row[marked_files.MARK] == holder.customer,
		}
		for row in rows
		if row.attached_to_doctype == holder.doctype
		or (communications and row.attached_to_doctype == "Communication")
	]


def _inside(texts: list[str]) -> set[str]:
	"""Paths of pictures and links in HTML texts. For texts by staff only: a customer could write any path into theirs."""
	return {unquote(unescape(path).partition("?")[0]) for text in texts for path in SOURCE.findall(text)}


def _is_shown(request: str, file: Any, user: str) -> bool:
	customer = frappe.db.get_value(CASE, request, "customer")
	if not customer or customer not in who.customers_of(user):
		return False
	if customer in who.seen_in_part_by(user):
		seen = service_request.RULE.scope(user, as_customer=True).holds(CASE, request)
		if not seen:
			return False
	return file.get("name") in names_of(frappe.get_doc(CASE, request))
