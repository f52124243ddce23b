"""The texts that customers read for statuses, steps and moves, and times by their clock, in their language."""

from datetime import date, datetime
from typing import Any

import frappe
from babel.core import UnknownLocaleError
from babel.dates import format_skeleton
from frappe import _
from frappe.utils import get_datetime, getdate, strip_html

from support_service.foundation import instants, zones

Moment = datetime | str | int  # site time, or an instant


def status_words(status: str, answered: object = None, merged_into: str | None = None) -> str:
	"""What a status means to the customer. answered: when they answered what we asked for, if they did. merged_into: the request
	that it goes on as."""
	if merged_into:
		return _("Goes on as {0}").format(merged_into)
	if status == "Waiting for Customer" and answered:
		return _("You have answered")
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
	"""One move of the case as a sentence."""
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


def moment(value: Moment | None) -> str:
	"""A moment in the reader's time zone and language, to the minute; empty for None."""
	return _moment(_by_readers_clock(value))


def day(value: Moment | date | None) -> str:
	"""A date in the reader's language; a moment is first converted to the reader's time zone. Empty for None."""
	return _localised(_by_readers_clock(value), "yMMMd")


def window(start: Moment, end: Moment) -> str:
	"""A planned time window; the date is written once if it starts and ends on the same day."""
	first, last = _by_readers_clock(start), _by_readers_clock(end)
	if first.date() == last.date():
		return named(f"{_moment(first)} - {_localised(last, 'Hm')}")
	return named(f"{_moment(first)} - {_moment(last)}")


def named(text: str) -> str:
	"""Add the time zone's name to a formatted moment that is promised or planned."""
	return zones.named(text, zones.of_user(frappe.session.user)) if text else ""


def place() -> str:
	"""The city of the time zone in which the page shows all times."""
	return zones.city(zones.of_user(frappe.session.user))


def plain(html: str | None) -> str:
	"""HTML as plain text; empty where it has nothing but markup."""
	return strip_html(html or "").strip()


def _by_readers_clock(value: Any) -> Any:
	"""Site time, or an instant, converted to the reader's time zone; a date stays as it is."""
	if isinstance(value, str):
		value = get_datetime(value) if ":" in value else getdate(value)
	if isinstance(value, datetime):
		value = instants.to_utc(value)
	if isinstance(value, int):
		return zones.on_wall(value, zones.of_user(frappe.session.user))
	return value


def _moment(point: datetime | None) -> str:
	return f"{_localised(point, 'yMMMd')} {_localised(point, 'Hm')}".strip()


def _localised(point: date | None, skeleton: str) -> str:
	if not point:
		return ""
	point = get_datetime(point)
	try:
		return format_skeleton(skeleton, point, locale=(frappe.local.lang or "en").replace("-", "_"))
	except (UnknownLocaleError, KeyError, ValueError):
		return point.strftime("%Y-%m-%d %H:%M")
