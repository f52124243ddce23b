from frappe.model.document import Document


class KnowledgeWord(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		articles: DF.Int
		term: DF.Data
	# end: auto-generated types
	pass
