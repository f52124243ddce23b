import frappe
from frappe.model.document import Document


class PostponedWork(Document):
	"""Something the app does by itself, which failed for one record and is tried again later.

	Written by `foundation/postponed.py`; people only read it.
	"""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		attempts: DF.Int
		error: DF.SmallText | None
		next_try: DF.Datetime | None
		reason: DF.Data | None
		reference_doctype: DF.Link
		reference_name: DF.DynamicLink
		work: DF.Data

	# end: auto-generated types
	pass


def on_doctype_update():
	"""Each work has a record once, however many sweeps meet it."""
	frappe.db.add_unique("Postponed Work", ["work", "reference_doctype", "reference_name"])
