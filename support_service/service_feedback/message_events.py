"""What customers are asked when their request is resolved; hook key `support_service_message_events`."""

from __future__ import annotations

from support_service.constants.words import N_
from support_service.support_service.messaging.texts.events import Event

SURVEY = "Survey"
EVENTS = (
	Event(
		N_("Survey"),
		N_("Are you satisfied with our service?"),
		N_("Are you satisfied? If not, tell us, and we go on until you are."),
		fields={"resolution": N_("What was done, in words for the customer")},
		button=N_("Answer in one minute"),
		layout="support_service/templates/emails/survey.html",
		needs=("link",),
		samples={"resolution": N_("The fan was replaced, the device runs.")},
	),
)
