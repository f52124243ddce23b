"""Where this room keeps names outside of links; see foundation/names/stored_names.py."""

from support_service.foundation.names.stored_names import CachedName, How, StoredName

STORED = (
	StoredName(
		"Service Chat",
		"open_key",
		("User",),
		"Only keeps a customer from having two chats open at once, for the minutes in which one is.",
		how=How.KEEPS,
	),
	CachedName(
		"support_service.service_intake.chat.presence",
		("User",),
		"Who is at their desk, told every minute; who is renamed tells it by the new name.",
	),
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
