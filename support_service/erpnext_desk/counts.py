"""The numbers beside our documents under *Connections*: how many there are, and how many of them still stand open.

Frappe counts everything, whatever the reader may see: the number would tell of other teams' cases, and the list behind it
would be shorter. Ours are counted with the reader's rights, everything else by Frappe.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe.desk import notifications

from support_service.permissions import named_links

MOST = 100  # the desk shows 99+
TOO_SLOW = "?"


def open_count(doctype: str, name: str, items: Any = None) -> dict[str, Any]:
	"""The answer of `frappe.desk.notifications.get_open_count` for the form of `doctype`, which the caller may read."""
	data = frappe.get_meta(doctype).get_dashboard_data()
	wanted = frappe.parse_json(items) or [kind for group in data.transactions for kind in group["items"]]
	ours = [kind for kind in wanted if named_links.is_ours(kind)]
	answer = notifications.get_open_count(doctype, name, [kind for kind in wanted if kind not in ours])
	if not isinstance(
		answer["count"], dict
	):  # nothing is counted while a site is migrated, or what took too long
		return answer
	for kind in ours:
		_count(doctype, name, kind, data, answer["count"])
	return answer


def _count(doctype: str, name: str, kind: str, data: Any, found: dict[str, list[Any]]) -> None:
	here = data.internal_links.get(kind)
	if not frappe.has_permission(kind, "read"):
		return
	if not here:
		found["external_links_found"].append({"doctype": kind, **_numbers(kind, _filters(kind, name, data))})
		return
	named = _named_by(doctype, name, here)
	if named:
		numbers = {"open_count": 0, "count": len(named), "names": named}
		found["internal_links_found"].append({"doctype": kind, **numbers})


def _filters(kind: str, name: str, data: Any) -> dict[str, Any]:
	fieldname = (data.non_standard_fieldnames or {}).get(kind, data.fieldname)
	filters = {fieldname: name}
	dynamic = (data.dynamic_links or {}).get(fieldname)
	if dynamic and frappe.get_meta(kind).has_field(dynamic[1]):
		filters[dynamic[1]] = dynamic[0]
	return filters


def _numbers(kind: str, filters: dict[str, Any]) -> dict[str, Any]:
	total = _number(kind, filters)
	still_open = notifications.get_filters_for(kind)
	return {
		"count": total,
		"open_count": _number(kind, {**filters, **still_open}) if total and still_open else 0,
	}


def _number(kind: str, filters: dict[str, Any]) -> int | str:
	read = frappe.get_all if named_links.sees_all(kind, frappe.session.user) else frappe.get_list
	try:
		return len(read(kind, filters=filters, pluck="name", distinct=True, order_by=None, limit=MOST))
	except Exception as error:
		if error.args and frappe.db.is_statement_timeout(error):
			return TOO_SLOW
		raise


def _named_by(doctype: str, name: str, here: str | list[str]) -> list[str]:
	"""What the document names in a field, or in a (table, field) of its rows; read without loading all of it again."""
	if isinstance(here, str):
		value = frappe.db.get_value(doctype, name, here)
		return [value] if value else []
	table, fieldname = here
	rows = frappe.get_all(
		frappe.get_meta(doctype).get_field(table).options,
		filters={"parent": name, "parenttype": doctype, fieldname: ["is", "set"]},
		pluck=fieldname,
		distinct=True,
		order_by=fieldname,
	)
	return list(rows)
