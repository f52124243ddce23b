"""What a customer sees of a case, as data: progress, colour of a status, which moves, reasons and mails are shown.

Frappe-free; the texts themselves are in `words.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

OPEN_FOR_CUSTOMER: Final = (
	"New",
	"Assigned",
	"In Progress",
	"Waiting for Customer",
	"Waiting for Parts",
	"Waiting for Vendor",
	"Resolved",
)
RESULT_STATES: Final = ("Resolved", "Closed")

# The four steps that carry every request (R10), and how many of them a status has behind it.
STEPS: Final = ("created", "assigned", "handled", "survey")
_DONE: Final = {"New": 1, "Assigned": 2, "Resolved": 3, "Closed": 4}
_DONE_WHILE_WORKING: Final = 2

# Colours of the status label; orange where the customer has to do something.
_TONES: Final = {
	"New": "blue",
	"Assigned": "blue",
	"In Progress": "blue",
	"Waiting for Customer": "orange",
	"Resolved": "orange",
	"Closed": "green",
	"Cancelled": "gray",
}

# Moves among our own people (an engineer asks for a case, the lead declines) are not shown.
SHOWN_MOVES: Final = frozenset(
	{
		"create",
		"assign",
		"reassign",
		"start",
		"wait_for_customer",
		"wait_for_parts",
		"wait_for_vendor",
		"customer_answered",
		"resume",
		"deliver_plan",
		"restore",
		"resolve",
		"deliver_report",
		"confirm",
		"dispute",
		"close_unanswered",
		"reopen",
		"withdraw",
		"cancel",
	}
)

# Reasons written for the customer, or by the customer; every other reason is an internal note.
SHOWN_REASONS: Final = frozenset({"wait_for_customer", "dispute"})


def progress(status: str) -> list[tuple[str, str]]:
	"""The four steps as (step, "done" | "now" | "todo"); empty for a cancelled case."""
	if status == "Cancelled":
		return []
	done = _DONE.get(status, _DONE_WHILE_WORKING)
	return [(step, _step_state(position, done)) for position, step in enumerate(STEPS)]


def _step_state(position: int, done: int) -> str:
	if position < done:
		return "done"
	return "now" if position == done else "todo"


def tone(status: str) -> str:
	"""Colour of a status label: blue, orange, green, gray or yellow."""
	return _TONES.get(status, "yellow")


def reason_for_customer(action: str, reason: str | None) -> str | None:
	"""The reason of a move if it was written for, or by, the customer; else None."""
	return reason if action in SHOWN_REASONS else None


def is_for_customer(
	sent_or_received: str, sender: str, recipients: Iterable[str], own: Iterable[str]
) -> bool:
	"""Whether a mail or message of a case may be shown to the customer.

	own: the customer's addresses. Only mails that the customer wrote or received are shown; a mail to a supplier or a
	colleague about the same case is not.
	"""
	addresses = {address.strip().lower() for address in own if address}
	if sent_or_received == "Received":
		return sender.strip().lower() in addresses
	return any(recipient.strip().lower() in addresses for recipient in recipients)
