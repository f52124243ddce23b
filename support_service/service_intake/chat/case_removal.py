"""A chat goes with a request on which nothing happened; hook `support_service_hanging_on_cases`.

Every request that came by chat has one, so it may not keep spam for ever. A chat in which one of ours talked is an attention.
"""

from support_service.constants.words import N_
from support_service.support_service.removal import Hanging

CHATS = Hanging(
	"Service Chat",
	"service_request",
	unless={"taken_on": ("is", "set")},
	said=N_("somebody talked with the customer in chat"),
)
