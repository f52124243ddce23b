"""Named errors of visits."""

import frappe


class VisitWindowError(frappe.ValidationError):
	"""Planned or real times of the visit contradict each other."""


class VisitIncompleteError(frappe.ValidationError):
	"""A visit report is submitted with something missing."""


class EngineerNotFitError(frappe.ValidationError):
	"""The engineer record cannot be used as it is."""


class AlreadySubmittedError(frappe.ValidationError):
	"""The visit was submitted before, with other content than is sent now."""


class CaseNotYoursToLendError(frappe.PermissionError):
	"""An engineer who may not see the case is sent by somebody who may not see it either."""
