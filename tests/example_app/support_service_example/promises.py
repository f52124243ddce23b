"""The clock *Call Back* and the escalation action *Chat Robot*."""

from __future__ import annotations

import frappe

from support_service.service_level.clock.escalation import Escalation
from support_service.service_level.clock.kinds import CREATED, RESOLVED, RESPONDED, ClockKind

CALL_BACK = ClockKind("Call Back", "CB", starts=(CREATED,), stops=(RESPONDED,), excused_by=(RESOLVED,))
ROOM = "room:service-desk"


def notify_the_room(escalation: Escalation) -> list[str]:
	"""Write into the team's chat room; returns whom it told. Raising means: not told, try again later.

	A real one would call the chat's webhook, with the name of the ledger row as idempotency key.
	"""
	clock = escalation.clock
	frappe.get_doc(
		{
			"doctype": "Example Text Message",
			"message_key": escalation.entry.name,
			"recipient": ROOM,
			"text": f"{escalation.case.name}: {clock.kind} {clock.state}, {clock.due_at}",
			"service_request": escalation.case.name,
		}
	).insert(ignore_permissions=True)  # the sweep runs for nobody in particular
	return [ROOM]
