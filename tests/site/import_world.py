"""Frappe's own Data Import, run as the desk runs it: a CSV file, a Data Import document, the importer."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import frappe
from frappe.core.doctype.data_import.data_import import start_import

Rows = Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Imported:
	"""status of the Data Import; names: what was made, in the order of the file; reasons: why rows were refused."""

	status: str
	names: list[str]
	reasons: list[str]


def import_csv(
	doctype: str, header: Sequence[str], rows: Rows, *, submit: bool = False, mute: bool = True
) -> Imported:
	"""Import `rows`; header: labels or fieldnames as Data Import knows them. Commits, as Data Import does row by row."""
	text = io.StringIO()
	csv.writer(text).writerows([header, *rows])
	file = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": f"{frappe.generate_hash(length=10)}.csv",
			"content": text.getvalue(),
			"is_private": 1,
		}
	).insert(ignore_permissions=True)
	job = frappe.get_doc(
		{
			"doctype": "Data Import",
			"reference_doctype": doctype,
			"import_type": "Insert New Records",
			"import_file": file.file_url,
			"submit_after_import": int(submit),
			"mute_emails": int(mute),
		}
	).insert()
	frappe.db.commit()  # the importer rolls back a row that is refused
	start_import(job.name)
	job.reload()
	assert not job.template_warnings or job.template_warnings == "[]", job.template_warnings
	logs = frappe.get_all(
		"Data Import Log",
		{"data_import": job.name},
		["success", "docname", "messages", "exception"],
		order_by="log_index",
	)
	frappe.flags.mute_emails = True
	return Imported(
		job.status,
		[log.docname for log in logs if log.success],
		[_reason(log) for log in logs if not log.success],
	)


def _reason(log: Any) -> str:
	said = [json.loads(one) if isinstance(one, str) else one for one in json.loads(log.messages or "[]")]
	return " ".join(str(one.get("message")) for one in said) or log.exception
