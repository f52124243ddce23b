import frappe
from frappe.model.document import Document


class PostponedWork(Document):
	"""Work of the app that failed for one record, or has to wait, and is tried again later.

	Only `foundation/postponed.py` writes such rows; people read them.
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
	"""One row per kind of work and record, however many sweeps run at once."""
	frappe.db.add_unique("Postponed Work", ["work", "reference_doctype", "reference_name"])
