import frappe
from frappe.model.document import Document


class KnowledgeUse(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		article: DF.Link
		noted_by: DF.Link | None
		outcome: DF.Literal["Solved", "Did Not Help"]
		service_request: DF.Link
	# end: auto-generated types
	pass


def on_doctype_update():
	frappe.db.add_unique("Knowledge Use", ["article", "service_request"])
