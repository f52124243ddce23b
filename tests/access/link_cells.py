"""Every link field of every DocType of the app, from the metadata, with documents it may name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import frappe

from support_service.permissions import named_links
from tests.access.world import SIDES, World

# what a Dynamic Link of ours is made to name
NAMED_BY_DYNAMIC_LINKS = ("Service Request", "Engineer Visit", "Issue")
MASTERS = {
	"Customer": "customer",
	"Item": "item",
	"Company": "company",
	"Service Team": "team",
	"Supplier": "supplier",
	"User": "engineer_user",
	"Issue": "issue",
}


class Field(NamedTuple):
	"""A link field of `doctype`, or of its rows in `table_field`; `kind_field`: where a Dynamic Link keeps the DocType."""

	doctype: str
	table_field: str | None
	fieldname: str
	target: str
	kind_field: str | None = None
	fetched_from: str | None = None

	def put(self, doc: Any, name: str) -> None:
		row = doc.append(self.table_field, {}) if self.table_field else doc
		row.set(self.fieldname, name)
		if self.kind_field:
			row.set(self.kind_field, self.target)

	def names_already(self, doc: Any, name: str) -> bool:
		rows = doc.get(self.table_field) if self.table_field else [doc]
		return any(
			row.get(self.fieldname) == name
			and (not self.kind_field or row.get(self.kind_field) == self.target)
			for row in rows
		)


def fields_of(doctype: str) -> Iterator[Field]:
	meta = frappe.get_meta(doctype)
	tables = [(None, meta), *((df.fieldname, frappe.get_meta(df.options)) for df in meta.get_table_fields())]
	for table_field, owner in tables:
		for df in owner.fields:
			if df.fieldtype == "Link" and df.options not in named_links.KINDS:
				source = (df.fetch_from or "").partition(".")[0] or None
				yield Field(doctype, table_field, df.fieldname, df.options, None, source)
			elif df.fieldtype == "Dynamic Link":
				for target in NAMED_BY_DYNAMIC_LINKS:
					yield Field(doctype, table_field, df.fieldname, target, df.options)


def names_of(target: str, world: World) -> list[str]:
	"""One document of each side; where the world has none, one that is on the site, or a bare row."""
	if (target, "a") in world.records:
		return [world.record(target, side) for side in SIDES]
	if target in MASTERS:
		return sorted({world.sides[side][MASTERS[target]] for side in SIDES})
	found = frappe.get_all(target, limit=1, pluck="name", order_by="creation")
	if not found:
		row = frappe.get_doc({"doctype": target})
		row.name = frappe.generate_hash(length=12)
		row.db_insert()
		found = [row.name]
	return found


def is_shown(target: str, name: str) -> bool:
	"""Whether a list shows the session's user that document: another way to ask than the one under test."""
	try:
		return bool(frappe.get_list(target, filters={"name": name}, pluck="name", limit=1))
	except frappe.PermissionError:
		return False
