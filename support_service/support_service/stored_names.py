"""Names of other documents in cases, messages and teams; see foundation/names/stored_names.py."""

from __future__ import annotations

import frappe
from frappe.model.document import Document

from support_service.foundation.names.stored_names import CachedName, How, Rename, StoredName

CASE, MESSAGE = "Service Request", "Service Message"


def forget_routing(rename: Rename, team: Document) -> None:
	"""Now, for this transaction, and after its commit, for what others read meanwhile."""
	team.forget_routing()
	frappe.db.after_commit.add(team.forget_routing)


STORED = (
	StoredName(
		CASE,
		"intake_key",
		("Service Channel",),
		"A channel is known by its name to its sender.",
		how=How.LASTING,
	),
	StoredName(MESSAGE, "message_key", (CASE,), "A request keeps its number.", how=How.LASTING),
	StoredName(
		MESSAGE,
		"message_key",
		("User",),
		"Only keeps a message from being queued twice, minutes after the first.",
		how=How.KEEPS,
	),
	StoredName(
		MESSAGE,
		"email_queue",
		("Email Queue",),
		"Named by Frappe at random, and renamed by nobody.",
		how=How.KEEPS,
	),
	*(
		StoredName(
			MESSAGE,
			fieldname,
			("User",),
			"The address it was sent to; a mail does not change afterwards.",
			how=How.KEEPS,
		)
		for fieldname in ("sender", "recipient")
	),
	StoredName(
		MESSAGE,
		"recipient",
		("Service Robot",),
		"A message that is still to be sent goes into the chat under its present name.",
		only={"sender": "Group Chat"},
	),
	CachedName(
		"support_service.support_service.intake_defaults",
		("Service Team",),
		"The first team of a queue is kept until a team changes.",
		follow=forget_routing,
	),
)
