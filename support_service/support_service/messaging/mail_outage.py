"""Mails that a mail server did not take: Frappe gives one up after three attempts within minutes, we do not.

Level-triggered, over Frappe's own Email Queue: whatever of ours failed for a reason that passes (server down, no network,
password expired) gets new attempts, the longer apart the older it is, for a fortnight. What the server refuses for good,
or still after the fortnight, is shown on its Service Message as failed; it can be sent again there.
"""

from __future__ import annotations

import re
from typing import Any

import frappe
from frappe import _
from frappe.utils import add_to_date, cint, get_datetime, now_datetime

from support_service.constants.words import N_
from support_service.foundation.batches import LONGEST_WAIT
from support_service.foundation.language import of_site
from support_service.support_service.messaging.ways import next_way

MAIL, MESSAGE = "Email Queue", "Service Message"
# what our mails hang on: progress, links, escalation steps; warranties that end
OURS = ("Service Request", "Service Warranty")
DAYS = 14
TOO_LATE = N_("Not sent: it came too late to be of use.")
SHORTEST_WAIT = 2  # minutes
# a recipient or a content the server does not want; a login it refuses is another matter, and passes
REFUSED = re.compile(r"SMTP(RecipientsRefused|DataError|SenderRefused)\b.*\(5\d\d, ", re.DOTALL)


def follow(limit: int = 500) -> int:
	"""Give failed mails of ours new attempts, and mark messages whose mail is lost; returns how many got attempts."""
	mail = frappe.qb.DocType(MAIL)
	failed = (
		frappe.qb.from_(mail)
		.select(mail.name, mail.status, mail.retry, mail.error, mail.creation)
		.where(mail.reference_doctype.isin(OURS))
		.where(mail.creation > add_to_date(now_datetime(), days=-2 * DAYS))
		.where(
			(mail.status == "Error") | (mail.status.isin(("Not Sent", "Partially Sent")) & (mail.retry > 0))
		)
		.orderby(mail.modified)
		.limit(limit)
		.run(as_dict=True)
	)
	return sum(_again_or_lost(row) for row in failed)


def try_again(queue: str | None) -> bool:
	"""Let Frappe send the mail `queue` anew, with all its attempts; False where it is no longer kept."""
	if not queue or not frappe.db.exists(MAIL, queue):
		return False
	frappe.db.set_value(MAIL, queue, {"status": "Not Sent", "retry": 0, "send_after": None, "error": None})
	return True


def wait_for(age_minutes: float) -> int:
	"""Minutes until the next attempt of a mail: as long again as it has waited, within bounds."""
	return int(min(max(age_minutes, SHORTEST_WAIT), LONGEST_WAIT))


def _again_or_lost(row: Any) -> int:
	age = (now_datetime() - get_datetime(row.creation)).total_seconds() / 60
	if REFUSED.search(row.error or "") or age > DAYS * 24 * 60:
		if row.status == "Error":
			_mark_lost(row)
		return 0
	if _is_late(row):
		return 0
	mail = frappe.qb.DocType(MAIL)
	# only as it was read: a worker may be sending it at this moment
	(
		frappe.qb.update(mail)
		.set(mail.status, "Not Sent" if row.status == "Error" else row.status)
		.set(mail.retry, 0)
		.set(mail.send_after, add_to_date(now_datetime(), minutes=wait_for(age)))
		.where((mail.name == row.name) & (mail.status == row.status) & (mail.retry == cint(row.retry)))
		.run()
	)
	return 1


def _is_late(row: Any) -> bool:
	"""Whether what the mail says is of no use any more; it is not sent then, and its message says so."""
	late = {"email_queue": row.name, "valid_until": ("<", now_datetime())}
	message = frappe.db.get_value(MESSAGE, late, ["name", "status"], as_dict=True)
	if not message:
		return False
	if message.status == "Sent":
		frappe.db.set_value(MAIL, row.name, "status", "Error", update_modified=False)
		too_late = {"status": "Skipped", "error": _(TOO_LATE, of_site()), "sent_on": None}
		frappe.db.set_value(MESSAGE, message.name, too_late, update_modified=False)
	return True


def _mark_lost(row: Any) -> None:
	message = frappe.db.get_value(MESSAGE, {"email_queue": row.name, "status": "Sent"})
	if message:
		last = (row.error or "").strip().splitlines()[-1:]
		values = {"status": "Failed", "error": "".join(last)[:500], "sent_on": None}
		frappe.db.set_value(MESSAGE, message, values, update_modified=False)
		next_way.follow(message)
