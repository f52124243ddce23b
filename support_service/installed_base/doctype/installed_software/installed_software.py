from support_service.permissions.parent_rows import ParentRow


class InstalledSoftware(ParentRow):
	"""A software version on a unit (R32): what is installed, under which licence."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		installed_on: DF.Date | None
		item_code: DF.Link | None
		licence_key: DF.Data | None
		licence_type: DF.Literal["", "Perpetual", "Subscription", "Trial", "OEM", "Open Source"]
		note: DF.SmallText | None
		seats: DF.Int
		software: DF.Data
		valid_until: DF.Date | None
		version: DF.Data | None

	# end: auto-generated types
