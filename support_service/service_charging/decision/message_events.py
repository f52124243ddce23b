"""What customers are asked about charges; hook key `support_service_message_events`."""

from __future__ import annotations

from support_service.constants.words import N_
from support_service.support_service.messaging.texts.events import Event

CHARGE, PARTS = "Charge to Accept", "Price of Parts to Accept"
_SEE = N_("See what it is and answer")
EVENTS = (
	Event(
		N_("Charge to Accept"),
		N_("Please confirm what this repair will cost"),
		N_("We begin as soon as you agree."),
		fields={"amount": N_("The amount without tax; empty where it is charged by what it takes")},
		button=_SEE,
		layout="support_service/templates/emails/charge.html",
		needs=("link",),
		samples={"amount": "1,250.00"},
	),
	Event(
		N_("Price of Parts to Accept"),
		N_("Please confirm what these parts cost"),
		N_("We send them as soon as you agree."),
		fields={"amount": N_("The amount without tax")},
		button=_SEE,
		layout="support_service/templates/emails/charge_of_parts.html",
		needs=("link",),
		samples={"amount": "1,250.00"},
	),
)
