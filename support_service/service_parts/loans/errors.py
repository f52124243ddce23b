"""Named errors of loans; the message of each says what to do."""

import frappe


class LoanMoveError(frappe.ValidationError):
	"""The step is not possible in the loan's present status, or something it needs is missing."""


class LoanPieceError(frappe.ValidationError):
	"""A row of pieces cannot be lent: no item, no serial number or batch, or one that is not ours to lend."""


class PieceBookedError(frappe.ValidationError):
	"""Another loan has the piece on some of the days."""


class LoanPlaceError(frappe.ValidationError):
	"""The settings name no loan warehouse or no source for this company, or one of another company."""


class LoanReturnError(frappe.ValidationError):
	"""More is taken back than is out, or what is undone is not there."""


class LoanChargeError(frappe.ValidationError):
	"""Nothing to charge, or no item to charge damage as."""


class LoanStockEntryError(frappe.ValidationError):
	"""A Stock Entry of a loan is cancelled past the loan."""
