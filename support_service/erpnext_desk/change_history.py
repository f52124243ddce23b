"""The changes under a form, without the values of fields whose permission level the reader does not have.

Frappe takes such fields off the document and shows their former and new values below it all the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import frappe

from support_service.foundation.own import is_ours
from support_service.foundation.replaced import function_beneath

DOCINFO = "frappe.desk.form.load.get_docinfo"


def reload(doctype: str | None, name: str | None) -> Any:
	"""What `frappe.desk.form.load.get_docinfo` answers, without what the reader may not see."""
	answer = function_beneath(DOCINFO)(doctype=doctype, name=name)
	hide(doctype)
	return answer


def hide(doctype: str | None) -> None:
	"""Take such values out of the changes in the answer under way, if it is about a document of ours."""
	if not doctype or not is_ours(doctype):
		return
	for version in (frappe.local.response.get("docinfo") or {}).get("versions") or ():
		version["data"] = json.dumps(_readable(doctype, json.loads(version["data"] or "{}")))


def _readable(doctype: str, data: dict[str, Any]) -> dict[str, Any]:
	sees = _sees(doctype, doctype)
	tables = {field.fieldname: field.options for field in frappe.get_meta(doctype).get_table_fields()}
	# a row of a table: the field it stands in, then where, which, and what changed of it
	if data.get("row_changed"):
		data["row_changed"] = [
			[*row[:3], [change for change in row[3] if _sees(tables.get(row[0], ""), doctype)(change[0])]]
			for row in data["row_changed"]
		]
	for what in ("added", "removed"):
		for fieldname, row in data.get(what) or ():
			of_table = _sees(tables.get(fieldname, ""), doctype)
			for name in [name for name in row if not of_table(name)]:
				del row[name]
	if data.get("changed"):
		data["changed"] = [change for change in data["changed"] if sees(change[0])]
	return data


def _sees(table: str, doctype: str) -> Callable[[str], bool]:
	"""Whether the caller may read a field of `table` (the document's own or a child's), by its name."""
	meta = frappe.get_meta(table) if table else None
	levels = {0, *frappe.get_meta(doctype).get_permlevel_access("read")}

	def sees(fieldname: str) -> bool:
		field = meta.get_field(fieldname) if meta else None
		return not field or (field.permlevel or 0) in levels

	return sees
