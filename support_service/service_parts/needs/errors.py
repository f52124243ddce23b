"""Named errors of part needs; each message says what to do next."""

import frappe


class PartNeedError(frappe.ValidationError):
	"""Base class of the errors about one needed part."""


class NeedItemError(PartNeedError):
	"""The item cannot be drawn from stock: not a stock item, disabled, a template, or past its end of life."""


class NeedQuantityError(PartNeedError):
	"""Not a positive quantity, a fraction of something counted in whole pieces, or less than was used already."""


class NeedClosedError(PartNeedError):
	"""The need, or its request, is over: nothing more can be done with it."""


class NoNeedError(PartNeedError):
	"""No need of this request was named."""


class SparePartsListError(frappe.ValidationError):
	"""A list of spare parts names a part twice, or there is a list of the product already."""


class NothingToReserveError(PartNeedError):
	"""No warehouse has any of it free."""


class NeedInUseError(PartNeedError):
	"""Something has happened with the need: it is called off, not deleted."""


class NothingToOrderError(PartNeedError):
	"""Everything that is needed is there, on its way, or requested already."""


class NoVanError(PartNeedError):
	"""Nobody says to which warehouse the parts should go."""


class BookedPieceError(frappe.ValidationError):
	"""A document of ERPNext would take a device that is booked for a loan."""


class ReservedForRequestError(frappe.ValidationError):
	"""A document of ERPNext would take parts that are reserved for a request."""
