import frappe
from frappe.model.document import Document

FULL_TEXT = "terms"


class KnowledgeIndex(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		article: DF.Link
		counted: DF.Check
		made_by: DF.Int
		terms: DF.LongText | None
	# end: auto-generated types
	pass


def on_doctype_update():
	if not frappe.db.has_index("tabKnowledge Index", FULL_TEXT):
		# raw SQL: Frappe adds no full text indexes
		frappe.db.sql_ddl(f"alter table `tabKnowledge Index` add fulltext index `{FULL_TEXT}` (`terms`)")
