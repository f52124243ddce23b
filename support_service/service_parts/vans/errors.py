"""Named errors of vans; each message says what to do."""

import frappe


class VanCountError(frappe.ValidationError):
	"""A count cannot be begun, continued, finished or posted as asked."""


class PostedAtOtherTimeError(VanCountError):
	"""The document of a count is posted when it is submitted, at no other time."""


class VanHandoverError(frappe.ValidationError):
	"""A hand-over cannot be begun, confirmed, undone or cancelled as asked."""


class VanStockListError(frappe.ValidationError):
	"""A stock list cannot be used for a van."""


class ReplenishmentError(frappe.ValidationError):
	"""Nothing can be requested for a van as asked."""
