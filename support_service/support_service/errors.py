"""Named errors of the case. Each message says what to do next."""

import frappe


class MoveNotAllowedError(frappe.ValidationError):
	"""The table of moves has no such step from here, or not for this user."""


class MoveRequirementError(frappe.ValidationError):
	"""The step exists but something it requires is missing."""


class TaskFollowsCaseError(frappe.ValidationError):
	"""A task of a case stands for its engineer; giving or ending it otherwise would say what the case does not."""


class ArchivedCaseError(frappe.ValidationError):
	"""A closed case is read-only but for lead and manager."""


class UnknownSenderError(frappe.ValidationError):
	"""No installed app registers the message sender."""


class MessageNotFailedError(frappe.ValidationError):
	"""Only a message that has failed can be sent again."""
