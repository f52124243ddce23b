"""Where this room keeps names outside of links; see foundation/names/stored_names.py."""

from support_service.foundation.names.stored_names import CachedName

STORED = (
	CachedName(
		"support_service.service_intake.alerts.proof",
		(),
		"Counts refused senders by source, for an admin to look at; a source that is renamed begins at zero.",
	),
)
