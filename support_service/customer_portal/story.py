"""What a case looks like from the customer's side, as data: progress, tone of a status, which movements are told.

Frappe-free; the words themselves are in `portal_words.py`.
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

# Bootstrap-like tones of the status pill; what needs the customer stands out.
_TONES: Final = {
	"New": "blue",
	"Assigned": "blue",
	"In Progress": "blue",
	"Waiting for Customer": "orange",
	"Resolved": "orange",
	"Closed": "green",
	"Cancelled": "gray",
}

# Movements between people of the service itself (who asked to take a case, who was declined) are nobody else's business.
TOLD_MOVES: Final = frozenset(
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
TOLD_REASONS: Final = frozenset({"wait_for_customer", "dispute"})


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
	"""Colour of a status pill: blue, orange, green, gray or yellow."""
	return _TONES.get(status, "yellow")


def reason_to_tell(action: str, reason: str | None) -> str | None:
	"""The reason of a movement if it was meant for the customer."""
	return reason if action in TOLD_REASONS else None


def is_for_customer(
	sent_or_received: str, sender: str, recipients: Iterable[str], own: Iterable[str]
) -> bool:
	"""Whether a mail or message of a case may be shown to the customer.

	own: the customer's addresses. A mail counts only if the customer wrote it or was among those it was sent to, so a
	mail to a supplier or a colleague that hangs on the same case stays inside.
	"""
	addresses = {address.strip().lower() for address in own if address}
	if sent_or_received == "Received":
		return sender.strip().lower() in addresses
	return any(recipient.strip().lower() in addresses for recipient in recipients)
