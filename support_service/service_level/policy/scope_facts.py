"""What a policy's scope asks of a case beyond its own fields: its item's template, ancestors of its groups, contracts of
its customer.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import frappe
from frappe.model.document import Document

from support_service.foundation.names.stored_names import Rename
from support_service.service_level.policy.rules import DIMENSIONS

TREE_DOCTYPES = {
	"item_group": "Item Group",
	"customer_group": "Customer Group",
	"territory": "Territory",
}
CACHE_PREFIX = "service_level_ancestors"
CACHE_SECONDS = 600  # a change of a tree forgets at once; this bounds what a lost Redis message could cost


def with_ancestors(dimension: str, node: str | None) -> tuple[str, ...]:
	"""The path of `node` in its tree, from the root down to itself; empty for none or an unknown node."""
	if not node:
		return ()
	if dimension == "item":
		return with_template(node)
	key = f"{CACHE_PREFIX}|{dimension}|{node}"
	path = frappe.cache.get_value(key, expires=True)
	if path is None:
		path = _read_path(TREE_DOCTYPES[dimension], node)
		frappe.cache.set_value(key, path, expires_in_sec=CACHE_SECONDS)
	return tuple(path)


def with_template(item: str) -> tuple[str, ...]:
	"""The template of an item variant, then the item itself: what is said of a template holds for its variants."""
	template = frappe.db.get_value("Item", item, "variant_of")
	return (template, item) if template else (item,)


def contracts_in_force(customer: str, day: date) -> tuple[str, ...]:
	"""Submitted, signed contracts of `customer` whose term includes `day`, the newest first.

	ERPNext turns "Active" to "Inactive" once a day from the same dates; the dates themselves are never late.
	"""
	rows = frappe.get_all(
		"Contract",
		filters={
			"party_type": "Customer",
			"party_name": customer,
			"docstatus": 1,
			"status": ["!=", "Unsigned"],
		},
		fields=["name", "start_date", "end_date"],
		order_by="start_date desc, name desc",
	)
	return tuple(
		row.name
		for row in rows
		if (not row.start_date or row.start_date <= day) and (not row.end_date or day <= row.end_date)
	)


def on_update(doc: Document | None = None, method: str | None = None, *args: Any) -> None:
	"""doc_event of the three trees: now, for this transaction, and after its commit, for what others read meanwhile."""
	_forget()
	frappe.db.after_commit.add(_forget)


on_trash = on_update


def follow_rename(rename: Rename, doc: Document) -> None:
	"""Of what a scope can name: Frappe renames in our rows, but leaves `modified` alone.

	`modified` is how every worker sees that a policy changed.
	"""
	for dimension in _dimensions_of(rename.doctype):
		for policy in frappe.get_all("Service Level Policy", filters={dimension: rename.new}, pluck="name"):
			stored = frappe.get_doc("Service Level Policy", policy)
			stored.db_set("scope_summary", stored.scope_in_words())


def forget_renamed(rename: Rename, doc: Document) -> None:
	on_update()


def _dimensions_of(doctype: str) -> list[str]:
	links = frappe.get_meta("Service Level Policy").get_link_fields()
	return [df.fieldname for df in links if df.options == doctype and df.fieldname in DIMENSIONS]


def _read_path(doctype: str, node: str) -> list[str]:
	tree, below = frappe.qb.DocType(doctype), frappe.qb.DocType(doctype).as_("below")
	rows = (
		frappe.qb.from_(tree)
		.join(below)
		.on((tree.lft <= below.lft) & (tree.rgt >= below.rgt))
		.where(below.name == node)
		.orderby(tree.lft)
		.select(tree.name)
		.run()
	)
	return [row[0] for row in rows]


def _forget() -> None:
	frappe.cache.delete_keys(CACHE_PREFIX)
