import frappe
from frappe.model.document import Document


class ServiceAPIAnswer(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		answer: DF.LongText | None
		body_hash: DF.Data | None
		client: DF.Link | None
		path: DF.Data | None
		status_code: DF.Int
	# end: auto-generated types
	pass


def on_doctype_update():
	# old answers are deleted by their age
	frappe.db.add_index("Service API Answer", ["creation"])
