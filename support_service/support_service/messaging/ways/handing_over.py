"""Handing a message to somebody outside the database: a text message gateway, a chat robot.

Their answer and our commit cannot be one step. So the message is marked *Sending*, and that is committed, before it is
handed over: whatever happens then, no sweep sends it a second time by itself. A process that dies in between leaves the
mark; `give_up_forgotten` turns it into a failure that says that nobody knows whether it arrived.
"""

from __future__ import annotations

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_to_date, now_datetime

from support_service.foundation.language import of_site

MESSAGE = "Service Message"
SENDING = "Sending"
FORGOTTEN_AFTER = 15  # minutes; no answer takes as long, see TIMEOUT
# seconds to connect, and between two pieces of the answer
TIMEOUT = (5, 20)


class WaitError(frappe.ValidationError):
	"""Not now: the limit is reached. Tried again after `seconds`, as often as it takes."""

	def __init__(self, reason: str, seconds: int) -> None:
		super().__init__(reason)
		self.seconds = seconds


class RefusedError(frappe.ValidationError):
	"""The same message will be refused again: a setting or an address is wrong."""


def begin(message: Document) -> None:
	"""Mark `message` as on its way and commit; the next line hands it over."""
	values = {"status": SENDING, "sending_since": now_datetime()}
	message.db_set(values, update_modified=False)
	frappe.db.commit()  # what is handed over cannot be taken back by a rollback


def give_up_forgotten() -> int:
	"""Mark messages as failed whose process died while it handed them over; returns how many."""
	latest = add_to_date(now_datetime(), minutes=-FORGOTTEN_AFTER)
	message = frappe.qb.DocType(MESSAGE)
	forgotten = (message.status == SENDING) & (message.sending_since < latest)
	names = frappe.qb.from_(message).select(message.name).where(forgotten).run(pluck=True)
	if not names:
		return 0
	reason = _(
		"It is not known whether this message arrived. Look there before you send it again.", of_site()
	)
	(
		frappe.qb.update(message)
		.set(message.status, "Failed")
		.set(message.error, reason)
		.where(message.name.isin(names) & forgotten)
		.run()
	)
	return len(names)
