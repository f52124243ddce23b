from frappe.model.document import Document


class TakeoverFinding(Document):
	"""What a takeover made of one record, where that is worth telling: skipped, failed, or an example of what was made."""

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
