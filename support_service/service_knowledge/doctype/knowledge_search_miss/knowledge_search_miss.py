import frappe
from frappe import _
from frappe.model.document import Document


class AnswerMissingError(frappe.ValidationError):
	"""A search is said to be answered, but not by which article."""


class KnowledgeSearchMiss(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		article: DF.Link | None
		first_on: DF.Datetime | None
		last_on: DF.Datetime | None
		note: DF.SmallText | None
		place: DF.Literal["Desk", "Portal"]
		search_key: DF.Data | None
		searched: DF.Data
		state: DF.Literal["Open", "Answered", "Ignored"]
		times: DF.Int
	# end: auto-generated types

	def validate(self):
		if self.state == "Answered" and not self.article:
			frappe.throw(_("Choose the article that answers it."), AnswerMissingError)


def on_doctype_update():
	frappe.db.add_index("Knowledge Search Miss", ["state", "last_on"])
