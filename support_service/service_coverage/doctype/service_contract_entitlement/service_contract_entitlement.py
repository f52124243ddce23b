from support_service.permissions.parent_rows import ParentRow


class ServiceContractEntitlement(ParentRow):
	"""What a contract includes: so many visits, hours, parts for so much."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		included: DF.Float
		kind: DF.Literal["Visits", "Labour Hours", "Parts Value", "Inspections", "Trainings"]
		per: DF.Literal["Whole Term", "Contract Year"]
		share: DF.Percent
		unlimited: DF.Check

	# end: auto-generated types
