"""Named errors of a visit's parts; the message of each names the row and says what to do."""

import frappe


class PartRowError(frappe.ValidationError):
	"""Base class of the errors about one part row."""


class PartItemError(PartRowError):
	"""The item cannot be drawn: disabled, past its end of life, or a template."""


class PartQuantityError(PartRowError):
	"""Not a positive quantity, or a fraction of something counted in whole pieces."""


class PartWarehouseError(PartRowError):
	"""No warehouse, a group, a disabled one, or one of another company."""


class SerialNumberError(PartRowError):
	"""Missing, unknown, repeated, of another item, or not in this warehouse."""


class BatchError(PartRowError):
	"""Missing, of another item, disabled, expired or used up."""


class BookedPieceError(PartRowError):
	"""A loan has booked the piece for days to come."""


class NotEnoughStockError(PartRowError):
	"""The warehouse holds less than the visit needs."""


class ExpenseAccountMissingError(PartRowError):
	"""The company keeps perpetual inventory but has no account to charge parts to."""


class PostingClosedError(frappe.ValidationError):
	"""Today, or for a cancellation the day of the Stock Entry, lies in a period closed or frozen for stock."""


class ForeignStockEntryError(frappe.ValidationError):
	"""A Stock Entry that is not submitted carries this visit's consumption key."""


class StockEntryRefusedError(frappe.ValidationError):
	"""ERPNext refused to post or to cancel, for the reason in the message."""
