"""Tells the desks of the service desk that a call has changed, by Frappe's realtime.

A hint, no more: the hotline page asks for its calls when it opens, when the connection is back, and every few seconds.
"""

from __future__ import annotations

from typing import Any

import frappe

from support_service.constants.roles import DESK_AGENT, LEAD, MANAGER
from support_service.foundation import people

EVENT = "support_service_call"
ROLES = (DESK_AGENT, LEAD, MANAGER)


def tell(call: Any) -> None:
	"""Send state and agent of `call` to everybody who may see calls, when the transaction is committed."""
	said = {"call": call.name, "state": call.state, "agent": call.agent, "direction": call.direction}
	for user in people.holders(*ROLES):
		frappe.publish_realtime(EVENT, said, user=user, after_commit=True)
