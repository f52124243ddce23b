"""Alerts go with a request on which nothing happened; hook `support_service_hanging_on_cases`."""

from support_service.support_service.removal import Hanging

ALERTS = Hanging("Service Alert", "service_request")
