"""Named errors of removed parts. Each message says what to do next."""

import frappe

from support_service.service_parts.errors import PartRowError


class RemovedRowError(PartRowError):
	"""A part row says something about a removed part that cannot be."""


class StepNotAllowedError(frappe.ValidationError):
	"""A removed part in this state cannot make that step, or not by this user."""


class StepIncompleteError(frappe.ValidationError):
	"""A step lacks what it needs: a reason, a serial number, a supplier, a warehouse."""


class PartsBackAlreadyError(frappe.ValidationError):
	"""A visit cannot be cancelled: removed parts of it have come back already."""


class LaterStepsError(frappe.ValidationError):
	"""A stock document cannot be cancelled: the removed part has made later steps."""
