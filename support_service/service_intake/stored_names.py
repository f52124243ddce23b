"""Where this room keeps names outside of links; see foundation/names/stored_names.py."""

from support_service.foundation.names.stored_names import CachedName

STORED = (
	CachedName(
		"support_service.service_intake.alerts.proof",
		(),
		"Counts refused senders by source, for an admin to look at; a source that is renamed begins at zero.",
	),
	CachedName(
		"support_service.service_intake.proof_codes",
		(),
		"Keeps a unit and a Contact for a quarter of an hour: of a renamed unit a new code is asked for, and a Contact that is "
		"not there under its name any more is left out.",
	),
)
