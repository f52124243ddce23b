"""The customer's words for statuses, steps and movements, translated into the language of the request."""

from datetime import datetime

import frappe
from babel.core import UnknownLocaleError
from babel.dates import format_skeleton
from frappe import _
from frappe.utils import get_datetime, strip_html


def status_words(status: str) -> str:
	"""What a status means to the customer."""
	words = {
		"New": _("Received", context="Service Request"),
		"Assigned": _("Engineer assigned"),
		"In Progress": _("Being worked on"),
		"Waiting for Customer": _("Waiting for you"),
		"Waiting for Parts": _("Waiting for spare parts"),
		"Waiting for Vendor": _("Waiting for the manufacturer"),
		"Resolved": _("Please confirm"),
		"Closed": _("Closed"),
		"Cancelled": _("Cancelled", context="Service Request"),
	}
	return words.get(status) or _(status, context="Service Request")


def step_words(step: str) -> str:
	"""Heading of one of the four steps."""
	words = {
		"created": _("Created"),
		"assigned": _("Engineer assigned"),
		"handled": _("Handled"),
		"survey": _("Your opinion"),
	}
	return words[step]


def move_words(action: str, engineer_name: str | None) -> str:
	"""One movement of the case as a sentence."""
	engineer = engineer_name or _("our service team")
	words = {
		"create": _("We received your request."),
		"assign": _("{0} will take care of it.").format(engineer),
		"reassign": _("{0} took over.").format(engineer),
		"start": _("Work has started."),
		"wait_for_customer": _("We need something from you."),
		"wait_for_parts": _("We are waiting for spare parts."),
		"wait_for_vendor": _("We have asked the manufacturer."),
		"customer_answered": _("You have answered."),
		"resume": _("Work goes on."),
		"deliver_plan": _("We told you how we will solve it."),
		"restore": _("Your operation is running again; we go on until the fault is fully repaired."),
		"resolve": _("We consider it solved and ask for your opinion."),
		"deliver_report": _("You have received our report."),
		"confirm": _("You confirmed that it is solved."),
		"dispute": _("You told us that it is not solved yet."),
		"close_unanswered": _("Closed, as we did not hear from you."),
		"reopen": _("We opened the request again."),
		"withdraw": _("You withdrew the request."),
		"cancel": _("The request was cancelled."),
	}
	return words[action]


def urgency_choices() -> list[tuple[str, str]]:
	"""Values of `Service Request.urgency` in plain words, most urgent first."""
	return [
		("High", _("Urgent: we cannot work")),
		("Medium", _("Normal: we can work, but not as usual")),
		("Low", _("Not urgent: whenever it suits you")),
	]


def channel_choices() -> list[tuple[str, str]]:
	"""How the customer wants to hear from us; values of `Service Request.preferred_channel`."""
	return [("Email", _("E-mail")), ("Phone", _("Phone")), ("Portal", _("Only here, on this page"))]


def type_choices() -> list[tuple[str, str]]:
	"""Request types a customer may choose, in plain words."""
	return [
		("Fault", _("Something does not work")),
		("Inquiry", _("I have a question")),
		("Spare Part", _("I need a spare part")),
		("Installation", _("Installation or relocation")),
		("Training", _("Training")),
		("Complaint", _("A complaint or a suggestion")),
	]


def moment(value: datetime | str | None) -> str:
	"""A point in time (site time zone) in the reader's language, to the minute; empty for None."""
	return f"{day(value)} {_localised(value, 'Hm')}".strip()


def day(value: datetime | str | None) -> str:
	"""A date in the reader's language; empty for None."""
	return _localised(value, "yMMMd")


def window(start: datetime | str, end: datetime | str) -> str:
	"""A planned window; the date is named once if it starts and ends on the same day."""
	first, last = get_datetime(start), get_datetime(end)
	if first.date() == last.date():
		return f"{moment(first)} - {_localised(last, 'Hm')}"
	return f"{moment(first)} - {moment(last)}"


def plain(html: str | None) -> str:
	"""Rich text as plain text; empty where only markup is left."""
	return strip_html(html or "").strip()


def _localised(value: datetime | str | None, skeleton: str) -> str:
	if not value:
		return ""
	point = get_datetime(value)
	try:
		return format_skeleton(skeleton, point, locale=(frappe.local.lang or "en").replace("-", "_"))
	except (UnknownLocaleError, KeyError, ValueError):
		return point.strftime("%Y-%m-%d %H:%M")
