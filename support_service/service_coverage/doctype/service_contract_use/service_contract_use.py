import frappe

from support_service.foundation.ledger import LedgerRow


class ServiceContractUse(LedgerRow):
	"""What was used of a contract's entitlement. Written by `contract/uses.py` only."""

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		contract: DF.Link
		entry_key: DF.Data | None
		installed_unit: DF.Link | None
		kind: DF.Literal["Visits", "Labour Hours", "Parts Value", "Inspections", "Trainings"]
		period_start: DF.Date
		qty: DF.Float
		reason: DF.SmallText | None
		recorded_at: DF.Datetime | None
		recorded_by: DF.Link | None
		reference_doctype: DF.Link | None
		reference_name: DF.DynamicLink | None
		reversal_of: DF.Link | None
		service_request: DF.Link | None
		used_on: DF.Date

	# end: auto-generated types


def on_doctype_update():
	"""What is left is the sum by kind and period; a cancelled visit gives back what it used."""
	frappe.db.add_index("Service Contract Use", ["contract", "kind", "period_start", "qty"])
	frappe.db.add_index("Service Contract Use", ["reference_doctype", "reference_name"])
