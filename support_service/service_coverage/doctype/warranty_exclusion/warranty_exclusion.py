from support_service.permissions.parent_rows import ParentRow


class WarrantyExclusion(ParentRow):
	"""What a warranty or contract does not cover: a cause, or a group of parts."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		applies_to: DF.Literal["All", "Parts", "Labour", "Travel"]
		exclusion: DF.Data
		item_group: DF.Link | None

	# end: auto-generated types
