"""Chats go with a request on which nothing happened; hook `support_service_hanging_on_cases`. One in which somebody of ours
talked is something that happened."""

from support_service.constants.words import N_
from support_service.support_service.removal import Hanging

CHATS = Hanging("Service Chat", "service_request", unless={"agent": ("is", "set")}, said=N_("a chat"))
