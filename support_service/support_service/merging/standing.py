"""What was made since a merge and names something of the merged case: it cannot be taken apart without being torn."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.rename_doc import get_link_fields

from support_service.foundation.let_go import is_ledger
from support_service.support_service.merging import links, whole

MANY = 5


def on_both(merge: Document) -> list[str]:
	"""Documents on the case that goes on, made since the merge, that name what came from the merged one."""
	came: dict[str, set[str]] = defaultdict(set)
	for row in frappe.get_all(
		"Service Merge Row", {"parent": merge.name}, ["moved_doctype", "moved_name"], order_by=None
	):
		came[row.moved_doctype].add(row.moved_name)
	on_case = {link.doctype: link for link in links.following()}
	found: list[str] = []
	for doctype, names in came.items():
		if doctype == whole.CASE or not _is_work(doctype):
			continue
		for field in get_link_fields(doctype):
			found += _new_ones(merge, field, sorted(names), came, on_case)
	return list(dict.fromkeys(found))[:MANY]


def _new_ones(
	merge: Document,
	field: dict[str, Any],
	names: list[str],
	came: dict[str, set[str]],
	on_case: dict[str, links.Link],
) -> list[str]:
	doctype = field["parent"]
	if field["issingle"] or not _is_work(doctype):
		return []
	meta = frappe.get_meta(doctype)
	since = {field["fieldname"]: ("in", names), "creation": (">", merge.creation)}
	if meta.istable:
		holders = frappe.get_all(doctype, since, ["parenttype", "parent"], distinct=True, order_by=None)
		pairs = [(row.parenttype, row.parent) for row in holders]
	else:
		pairs = [(doctype, name) for name in frappe.get_all(doctype, since, pluck="name", order_by=None)]
	return [
		f"{_(kind)} {name}"
		for kind, name in pairs
		if kind in on_case and name not in came.get(kind, ()) and _is_on(on_case[kind], name, merge.request)
	]


def _is_on(link: links.Link, name: str, case: str) -> bool:
	return bool(frappe.db.exists(link.doctype, {"name": name, **link.filters(case)}))


def _is_work(doctype: str) -> bool:
	"""Ledgers tell of what they name; the merge's own rows name everything."""
	return doctype not in ("Service Merge", "Service Merge Row", *links.SAVED_BY_NOBODY) and not is_ledger(
		doctype
	)
