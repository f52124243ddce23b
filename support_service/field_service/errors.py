"""Named errors of visits."""

import frappe

from support_service.renamed import names_of_last_release

# names of the last release
__getattr__ = names_of_last_release(__name__)


class VisitWindowError(frappe.ValidationError):
	"""The visit's times contradict each other, or its case or state allows no such visit or time."""


class VisitIncompleteError(frappe.ValidationError):
	"""A report is submitted in which something is missing."""


class EngineerNotFitError(frappe.ValidationError):
	"""The Service Engineer cannot be saved as entered, or cannot be sent on a visit."""


class AlreadySubmittedError(frappe.ValidationError):
	"""The visit was submitted before, with other content than is sent now."""


class CaseNotYoursToShareError(frappe.PermissionError):
	"""An engineer who may not see the case is sent by a user who may not see it either."""
