"""Two cases of one customer that are one, each with a promise of its own, and everything that can hang on a case."""

from __future__ import annotations

from typing import Any

import frappe

from support_service.support_service.merging import merges
from tests.factories import insert, unique
from tests.site.clock_world import at

CASE = "Service Request"


def merge(merged: str, into: str, moment: str, reason: str | None = None) -> Any:
	with at(moment):
		return merges.merge(merged, into, reason)


def undo(merge: Any, moment: str) -> Any:
	with at(moment):
		return merges.undo(merge.name)


def mail(case: str, moment: str, *, sent: bool = False, **more: Any) -> str:
	"""A mail on `case`, from its customer or by us."""
	with at(moment):
		values = {
			"communication_type": "Communication",
			"communication_medium": "Email",
			"sent_or_received": "Sent" if sent else "Received",
			"subject": unique("Mail"),
			"content": "It beeps.",
			"sender": "somebody@elsewhere.example",
			"communication_date": moment,
			"reference_doctype": CASE,
			"reference_name": case,
			**more,
		}
		return insert("Communication", values, {}).name


def file(doctype: str, name: str) -> str:
	values = {
		"file_name": f"{frappe.generate_hash(length=8)}.txt",
		"content": frappe.generate_hash(length=20),
		"is_private": 1,
		"attached_to_doctype": doctype,
		"attached_to_name": name,
	}
	return insert("File", values, {}).name


def of(doctype: str, case: str, field: str = "request", **more: Any) -> list[str]:
	"""Names of the documents of `doctype` on `case`, in order."""
	return frappe.get_all(doctype, {field: case, **more}, pluck="name", order_by="name")


def mails_of(case: str) -> list[str]:
	return of("Communication", case, "reference_name", reference_doctype=CASE)


def files_of(case: str) -> list[str]:
	return of("File", case, "attached_to_name", attached_to_doctype=CASE)


def status(case: str) -> str:
	return frappe.db.get_value(CASE, case, "status")
