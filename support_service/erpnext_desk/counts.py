"""The numbers beside our documents under *Connections*: how many there are, and how many of them still stand open.

Frappe counts all documents, also those the reader may not see: the number would include other teams' cases, and the list
behind it would be shorter. Ours are counted with the reader's rights, all others by Frappe. DocTypes of which the reader
sees everything are counted in one query.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

import frappe
from frappe.query_builder import DocType
from frappe.query_builder.functions import Count
from pypika.terms import ValueWrapper

from support_service.erpnext_desk.connections import OPEN
from support_service.foundation.replaced import function_beneath
from support_service.permissions import named_links

OPEN_COUNT = "frappe.desk.notifications.get_open_count"
MOST = 100  # the desk shows 99+
TOO_SLOW = "?"
SECONDS = 1  # as Frappe gives its own
ALL, STILL_OPEN = "count", "open_count"

Filters = dict[str, Any]


def open_count(doctype: str, name: str, items: Any = None) -> dict[str, Any]:
	"""The answer of `frappe.desk.notifications.get_open_count` for the form of `doctype`; refuses who may not read it."""
	data = frappe.get_meta(doctype).get_dashboard_data()
	if items is None:
		wanted = [kind for group in data.transactions for kind in group["items"]]
	else:
		wanted = frappe.parse_json(items) or []
	ours = [kind for kind in wanted if named_links.is_ours(kind)]
	theirs = [kind for kind in wanted if kind not in ours]
	answer = _count_theirs(doctype, name, theirs) if theirs or not ours else _nothing_yet(doctype, name)
	found = answer["count"]
	if isinstance(found, dict):  # else nothing is counted: the site is being migrated, or it took too long
		readable = [kind for kind in ours if frappe.has_permission(kind, "read")]
		found["internal_links_found"] += _named_here(doctype, name, readable, data)
		found["external_links_found"] += _naming(name, readable, data)
	return answer


def _count_theirs(doctype: str, name: str, kinds: list[str]) -> dict[str, Any]:
	try:
		return function_beneath(OPEN_COUNT)(doctype=doctype, name=name, items=kinds)
	except IndexError:
		# what Frappe makes of its own refusal
		frappe.has_permission(doctype, "read", doc=name, throw=True)
		raise


def _nothing_yet(doctype: str, name: str) -> dict[str, Any]:
	frappe.has_permission(doctype, "read", doc=name, throw=True)
	frappe.db.set_execution_timeout(SECONDS)
	return {"count": {"external_links_found": [], "internal_links_found": []}}


def _naming(name: str, kinds: list[str], data: Any) -> list[dict[str, Any]]:
	"""How many documents link to the form's document, per DocType."""
	filters = {kind: _filters(kind, name, data) for kind in kinds if kind not in data.internal_links}
	at_once = {kind: its for kind, its in filters.items() if _is_plain(kind, its)}
	numbers = _count_at_once(at_once)
	for kind, its in filters.items():
		if kind not in at_once:
			total = _count(kind, its)
			still_open = _count(kind, {**its, **OPEN[kind]}) if total and kind in OPEN else 0
			numbers[kind] = {ALL: total, STILL_OPEN: still_open}
	return [{"doctype": kind, **numbers[kind]} for kind in filters]


def _filters(kind: str, name: str, data: Any) -> Filters:
	fieldname = (data.non_standard_fieldnames or {}).get(kind, data.fieldname)
	filters = {fieldname: name}
	dynamic = (data.dynamic_links or {}).get(fieldname)
	if dynamic and frappe.get_meta(kind).has_field(dynamic[1]):
		filters[dynamic[1]] = dynamic[0]
	return filters


def _is_plain(kind: str, filters: Filters) -> bool:
	"""Whether the reader sees all documents of `kind`, and they are found by fields of its own table."""
	meta = frappe.get_meta(kind)
	return all(meta.has_field(field) for field in filters) and named_links.sees_all(kind, frappe.session.user)


def _count_at_once(kinds: Mapping[str, Filters]) -> dict[str, dict[str, Any]]:
	numbers = {kind: {ALL: 0, STILL_OPEN: 0} for kind in kinds}
	counts = [_branch(kind, ALL, its) for kind, its in kinds.items()]
	counts += [
		_branch(kind, STILL_OPEN, {**its, **OPEN[kind]}) for kind, its in kinds.items() if kind in OPEN
	]
	if not counts:
		return numbers
	try:
		rows = reduce(lambda one, other: one.union_all(other), counts).run()
	except Exception as error:
		if not _took_too_long(error):
			raise
		return {kind: {ALL: TOO_SLOW, STILL_OPEN: 0} for kind in kinds}
	for kind, what, number in rows:
		numbers[kind][what] = number
	return numbers


def _branch(kind: str, what: str, filters: Filters) -> Any:
	"""One part of the query: kind, what is counted and how many, up to the highest number that is shown."""
	table = DocType(kind)
	some = frappe.qb.from_(table).select(table.name).limit(MOST)
	for fieldname, value in filters.items():
		column = table[fieldname]
		some = some.where(column.isin(value[1]) if isinstance(value, list) else column == value)
	return frappe.qb.from_(some.as_("some")).select(ValueWrapper(kind), ValueWrapper(what), Count("*"))


def _count(kind: str, filters: Filters) -> int | str:
	try:
		return len(
			frappe.get_list(kind, filters=filters, pluck="name", distinct=True, order_by=None, limit=MOST)
		)
	except Exception as error:
		if _took_too_long(error):
			return TOO_SLOW
		raise


def _took_too_long(error: Exception) -> bool:
	return bool(error.args and frappe.db.is_statement_timeout(error))


def _named_here(doctype: str, name: str, kinds: list[str], data: Any) -> list[dict[str, Any]]:
	"""Documents that the form's document links to, in a field or a child table; read without loading the document."""
	meta = frappe.get_meta(doctype)
	here = {kind: data.internal_links[kind] for kind in kinds if kind in data.internal_links}
	own = sorted({at for at in here.values() if isinstance(at, str)})
	values = frappe.db.get_value(doctype, name, own, as_dict=True) if own else {}
	found = []
	for kind, at in here.items():
		names = [values[at]] if isinstance(at, str) else _in_rows(meta, name, *at)
		if named := [one for one in names if one]:
			found.append({"doctype": kind, ALL: len(named), STILL_OPEN: 0, "names": named})
	return found


def _in_rows(meta: Any, name: str, table: str, fieldname: str) -> list[str]:
	rows = frappe.get_all(
		meta.get_field(table).options,
		filters={"parent": name, "parenttype": meta.name, fieldname: ["is", "set"]},
		pluck=fieldname,
		distinct=True,
		order_by=fieldname,
	)
	return list(rows)
