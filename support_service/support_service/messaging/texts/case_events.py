"""What customers read of the steps of their request; hook key `support_service_message_events`."""

from __future__ import annotations

from support_service.constants.words import N_
from support_service.support_service.messaging.texts.events import Event

_REASON = {"reason": N_("What we need from the customer, in our people's words")}
_AGAIN = (N_("Your request is open again"), N_("We go on until you are satisfied."))
_TAKES_CARE = N_("{engineer} will take care of your request.")

EVENTS = (
	Event(
		N_("Request Received"),
		N_("We have received your request"),
		N_("Your request was recorded. We will assign an engineer shortly."),
		fields={"due": N_("What we promise next, and until when")},
		rows={N_("We will answer by"): "due"},
		samples={"due": N_("First Response: tomorrow, 10:00")},
	),
	Event(N_("Request Assigned"), N_("An engineer is assigned"), _TAKES_CARE),
	Event(N_("Engineer Replaced"), N_("Another engineer is assigned"), _TAKES_CARE),
	Event(N_("Work Started"), N_("Work has started"), N_("{engineer} has started to work on your request.")),
	Event(
		N_("Question to the Customer"),
		N_("We need something from you"),
		"{reason}",
		fields=_REASON,
		samples={"reason": N_("Please send us a photo of the display.")},
	),
	Event(
		N_("Solution Plan Delivered"),
		N_("How we will solve it"),
		"{solution_plan}",
		fields={"solution_plan": N_("The plan of how we will solve it")},
		samples={"solution_plan": N_("We replace the fan and test the device.")},
	),
	Event(
		N_("Business Restored"),
		N_("Your business is restored"),
		N_("Full repair goes on until the fault is removed."),
	),
	Event(
		N_("Request Resolved"),
		N_("Your request is resolved"),
		"{resolution}",
		fields={"resolution": N_("What was done, in words for the customer")},
		samples={"resolution": N_("The fan was replaced, the device runs.")},
	),
	Event(N_("Request Open Again"), *_AGAIN),
	Event(N_("Request Closed"), N_("Your request is closed"), N_("Thank you for your answer.")),
	Event(
		N_("Request Cancelled"), N_("Your request is cancelled"), N_("Please call us if you do not agree.")
	),
)
# action of a move → the event that it is to the customer; of other moves they need not hear
OF_MOVE = {
	"create": "Request Received",
	"assign": "Request Assigned",
	"reassign": "Engineer Replaced",
	"start": "Work Started",
	"wait_for_customer": "Question to the Customer",
	"deliver_plan": "Solution Plan Delivered",
	"restore": "Business Restored",
	"resolve": "Request Resolved",
	"dispute": "Request Open Again",
	"reopen": "Request Open Again",
	"confirm": "Request Closed",
	"cancel": "Request Cancelled",
}
