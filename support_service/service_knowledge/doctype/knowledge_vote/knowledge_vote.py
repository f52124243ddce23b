import frappe
from frappe.model.document import Document


class KnowledgeVote(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		article: DF.Link
		comment: DF.SmallText | None
		helpful: DF.Check
		user: DF.Link
	# end: auto-generated types
	pass


def on_doctype_update():
	# one person, one vote
	frappe.db.add_unique("Knowledge Vote", ["article", "user"])
