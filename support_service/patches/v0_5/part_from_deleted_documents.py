"""Names of documents that were deleted before `deleted_names` existed are made free, as their numbers are given again."""

from __future__ import annotations

import frappe

from support_service.erpnext_takeover.in_step import renames
from support_service.foundation.names import deleted_names, stored_names
from support_service.foundation.names.stored_names import Rename


def execute() -> None:
	"""Find them in references of ledgers, and in keys of what a takeover made."""
	for doctype in sorted({doctype for entry in stored_names.table() for doctype in entry.of}):
		for name in _gone(doctype):
			deleted_names.free_name(doctype, name)
	for doctype in renames.HOLDERS:
		for name in _let_go(doctype):
			gone = deleted_names.stand_in(doctype, name)
			renames.follow(Rename(doctype, name, gone.name), gone)


def _gone(doctype: str) -> list[str]:
	"""Names of documents that a ledger of ours refers to and that do not exist."""
	named: set[str] = set()
	for entry in deleted_names.entries_of(doctype):
		for column in (column for column, what in entry.beside.items() if what == "name"):
			kind = {column: doctype for column, what in entry.beside.items() if what == "doctype"}
			named |= set(frappe.get_all(entry.doctype, kind, pluck=column, distinct=True, order_by=None))
	named = {name for name in named if name and deleted_names.MARK not in name}
	there = frappe.get_all(doctype, {"name": ("in", sorted(named) or [""])}, pluck="name", order_by=None)
	return sorted(named.difference(there))


def _let_go(doctype: str) -> list[str]:
	"""Names in keys of rows whose source was deleted; a document that has the name today is another one."""
	holder = renames.HOLDERS[doctype]
	if not any(entry.fieldname == renames.KEY for entry in deleted_names.entries_of(doctype)):
		return []
	filters = {holder.links[-1]: ("is", "not set"), renames.KEY: ("like", f"{doctype}|%")}
	keys = frappe.get_all(holder.doctype, filters, pluck=renames.KEY, order_by=None)
	return sorted(key.partition("|")[2] for key in keys if deleted_names.MARK not in key)
