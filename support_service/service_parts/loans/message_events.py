"""What customers are written about devices on loan; hook key `support_service_message_events`."""

from __future__ import annotations

from support_service.constants.words import N_
from support_service.support_service.messaging.texts.events import Event

LENT, SOON, TODAY, LATE = "Device Lent", "Loan Due Soon", "Loan Due Today", "Loan Overdue"


def _event(name: str, subject: str, line: str) -> Event:
	return Event(
		name,
		subject,
		line,
		fields={
			"loan": N_("Number of the loan"),
			"due": N_("Day on which the devices are due"),
			"devices": N_("The devices that are with the customer"),
		},
		button=N_("Your loans"),
		layout="support_service/templates/emails/loan.html",
		samples={"loan": "EL-2026-00001", "due": "2026-12-24", "devices": "LASER-2000 LS-0042"},
	)


EVENTS = (
	_event(
		N_("Device Lent"),
		N_("A device is lent to you"),
		N_("You have the devices below on loan until {due}, while yours is being repaired."),
	),
	_event(
		N_("Loan Due Soon"),
		N_("The loan is due on {due}"),
		N_("Please have the devices below ready by {due}, or ask us for a longer loan."),
	),
	_event(
		N_("Loan Due Today"),
		N_("The loan is due today"),
		N_("Please have the devices below ready today, or ask us for a longer loan."),
	),
	_event(
		N_("Loan Overdue"),
		N_("The loan was due on {due}"),
		N_("The devices below were due on {due}. Please tell us when we can collect them."),
	),
)
