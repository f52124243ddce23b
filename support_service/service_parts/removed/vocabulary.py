"""What a removed part may be: its statuses, where it goes, whose it is, how it was tested. Imports no Frappe.

The values are the untranslated options of the fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Status(StrEnum):
	DUE = "Due"
	RECEIVED = "Received"
	TESTED = "Tested"
	IN_REPAIR = "In Repair"
	REPAIRED = "Repaired"
	SCRAPPED = "Scrapped"
	RETURNED_TO_VENDOR = "Returned to Vendor"
	RETURNED_TO_CUSTOMER = "Returned to Customer"
	CREDITED = "Credited"
	NOT_CREDITED = "Not Credited"
	LEFT_WITH_CUSTOMER = "Left with Customer"
	WAIVED = "Waived"
	CANCELLED = "Cancelled"


class Goes(StrEnum):
	"""What happens to a removed part, as the engineer says on the visit."""

	BACK_TO_US = "Back to Us"
	LEFT_WITH_CUSTOMER = "Left with Customer"
	SCRAPPED_ON_SITE = "Scrapped on Site"
	RETURNED_TO_VENDOR = "Returned to Vendor"


class Result(StrEnum):
	GOOD = "Good"
	REPAIRABLE = "Repairable"
	DEFECTIVE = "Defective"


class Owner(StrEnum):
	"""Who owns a removed part: as a rule we do, as the one fitted instead is the customer's."""

	US = "Us"
	CUSTOMER = "Customer"


class Stock(StrEnum):
	"""What a step does to ERPNext's stock.

	RECEIVE: into the warehouse for removed parts. PUT_BACK: from there into the spare parts store, to be used again.
	A customer's own piece is never put back: it stays where it was received until it is handed over.
	SCRAP: out of stock. HAND_OVER: out of stock, to the customer whose it is. SEND: out of stock, back to the supplier; received first where it never was in a warehouse.
	"""

	RECEIVE = "receive"
	PUT_BACK = "put back"
	SCRAP = "scrap"
	HAND_OVER = "hand over"
	SEND = "send"


# where a part begins that somebody has disposed of on site
FIRST_STATUS: Mapping[str, Status] = {
	Goes.BACK_TO_US: Status.DUE,
	Goes.LEFT_WITH_CUSTOMER: Status.LEFT_WITH_CUSTOMER,
	Goes.SCRAPPED_ON_SITE: Status.SCRAPPED,
	# the vendor or a carrier has it; due is the paper that says so
	Goes.RETURNED_TO_VENDOR: Status.DUE,
}
