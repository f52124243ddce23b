"""What webhooks were told of a request on which nothing happened goes with it; hook `support_service_hanging_on_cases`."""

from support_service.support_service.removal import Hanging

DELIVERIES = Hanging("Service Webhook Delivery", "service_request")
