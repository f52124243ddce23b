import frappe
from frappe.model.document import Document


class TakeoverFinding(Document):
	"""One line of a takeover's report: what one record became, or why it was skipped or failed.

	Written in bulk by `run/findings.py`; people only read it.
	"""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		entry_key: DF.Data | None
		outcome: DF.Literal["Would Be Made", "Made", "Already There", "Skipped", "Failed"]
		reason: DF.SmallText | None
		run: DF.Link
		source_doctype: DF.Link
		source_name: DF.DynamicLink
		target_doctype: DF.Link | None
		target_name: DF.DynamicLink | None

	# end: auto-generated types
	pass


def on_doctype_update():
	"""The report reads a run's findings by record type and outcome."""
	frappe.db.add_index("Takeover Finding", ["run", "source_doctype", "outcome"])
