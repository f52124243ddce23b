"""Where this room keeps names outside of links; see foundation/names/stored_names.py."""

from __future__ import annotations

import frappe
from frappe.model.document import Document

from support_service.foundation.names.stored_names import How, Rename, StoredName
from support_service.service_knowledge.search import index

FIELDS = {"Item": "item", "Item Group": "item_group", "Help Category": "category"}


def follow_rename(rename: Rename, doc: Document) -> None:
	"""The sweep makes the terms of articles about a renamed item, group or category anew."""
	named = {FIELDS[rename.doctype]: rename.new}
	index.make_stale(frappe.get_all(index.ARTICLE, named, pluck="name", order_by=None))


STORED = (
	StoredName(
		index.INDEX,
		"terms",
		tuple(FIELDS),
		"What an article is found by, its item and groups among it; made anew from the links, which Frappe has renamed.",
		how=How.REBUILT,
		follow=follow_rename,
	),
)
