"""Where this room keeps names outside of links; see foundation/names/stored_names.py."""

from support_service.foundation.names.stored_names import CachedName
from support_service.service_api.webhooks import events

STORED = (
	CachedName(
		"support_service.service_api.webhooks.events",
		("Customer",),
		"Which webhooks are active, and for which customer: read anew after a rename.",
		follow=events.forget_renamed,
	),
)
