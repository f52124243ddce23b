"""Sends what webhooks are told: signed, in the order of each request, again with growing pauses for a fortnight.

`run` is the guarantee (every minute, and enqueued after each event): a row is locked, sent and marked in its own transaction. A row
waits for the earlier ones of its webhook and request. Where an address does not answer or says that it is busy, everything for
this webhook waits with the row that failed; where it refuses one row, only the request of this row waits. Webhooks take turns, so
that a slow one holds up nobody else. A receiver may get a row twice (the line broke after it was taken): the id in it is the same.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from datetime import datetime
from itertools import zip_longest
from typing import Any

import frappe
import requests
from frappe import _
from frappe.query_builder import DocType
from frappe.utils import add_days, cint, now_datetime
from frappe.utils.password import get_decrypted_password

from support_service.foundation import batches, locks
from support_service.foundation.batches import MAX_ATTEMPTS
from support_service.service_api.webhooks import addresses
from support_service.service_api.webhooks.events import DELIVERY, FLAG, SWEEP, WEBHOOK

QUEUED, SENT, FAILED = "Queued", "Sent", "Failed"
BATCH = 200
TIMEOUT = (5, 15)  # seconds to connect, and to answer
EXCERPT = 500
KEPT_DAYS = 60
# what a receiver answers that can take nothing at present, whatever it is sent
BUSY = (429, 502, 503, 504)


class WebhookRefusedError(frappe.ValidationError):
	"""The receiver did not answer with 2xx. kept: what of its answer is shown with the delivery."""

	def __init__(self, message: str, kept: dict[str, Any]) -> None:
		super().__init__(message)
		self.kept = kept


class NotFailedError(frappe.ValidationError):
	"""Only a delivery that is not sent can be sent again."""


def run(limit: int = BATCH) -> int:
	"""Send what is due; returns how many were taken. Safe in parallel, safe to kill."""
	batches.begun(FLAG)
	names = _in_turn(limit)
	sent = batches.one_by_one(names, lock=_lock, work=_send, failed=_postpone)
	if len(names) == limit and sent:
		batches.enqueue_now(SWEEP, FLAG)
	return sent


def _in_turn(limit: int) -> list[str]:
	"""What is due, the first of each webhook, then the second of each, and so on."""
	due = {"status": QUEUED, "due_at": ("<=", now_datetime())}
	webhooks = frappe.get_all(DELIVERY, due, pluck="webhook", distinct=True, order_by="webhook")
	each = [
		frappe.get_all(
			DELIVERY, {**due, "webhook": one}, order_by="creation asc, name asc", limit=limit, pluck="name"
		)
		for one in webhooks
	]
	return [name for turn in zip_longest(*each) for name in turn if name][:limit]


def again(name: str) -> None:
	"""Queue one delivery anew, with all its attempts. The caller has checked the right to it."""
	if frappe.db.get_value(DELIVERY, name, "status") == SENT:
		frappe.throw(_("This was taken by the receiver already."), NotFailedError)
	values = {"status": QUEUED, "attempts": 0, "due_at": now_datetime()}
	frappe.db.set_value(DELIVERY, name, values, update_modified=False)
	batches.enqueue(SWEEP, FLAG)


def forget_old() -> None:
	"""Scheduled daily: what was sent two months ago is not kept."""
	frappe.db.delete(DELIVERY, {"status": SENT, "creation": ("<", add_days(now_datetime(), -KEPT_DAYS))})


def signature(secret: str, timestamp: str, body: bytes) -> str:
	"""HMAC-SHA256 over timestamp, a full stop and the body, in hexadecimal digits."""
	return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _lock(name: str) -> bool:
	return batches.lock_row(DELIVERY, name, "status", QUEUED) and not _waits(name)


def _waits(name: str) -> bool:
	"""Whether it is not due any more, or an earlier delivery of the same webhook and request is still to be sent."""
	fields = ["webhook", "service_request", "creation", "due_at"]
	row = frappe.db.get_value(DELIVERY, name, fields, as_dict=True)
	if row.due_at > now_datetime():
		return True  # its webhook has failed since this sweep began
	one = DocType(DELIVERY)
	earlier = (one.creation < row.creation) | ((one.creation == row.creation) & (one.name < name))
	found = (
		frappe.qb.from_(one)
		.select(one.name)
		.where(
			(one.webhook == row.webhook)
			& (one.service_request == row.service_request)
			& (one.status == QUEUED)
		)
		.where(earlier)
		.limit(1)
	)
	return bool(found.run())


def _send(name: str) -> None:
	row = frappe.get_doc(DELIVERY, name)
	webhook = frappe.db.get_value(WEBHOOK, row.webhook, ["url", "active"], as_dict=True)
	if not webhook.active:
		return frappe.db.set_value(
			DELIVERY, name, {"status": FAILED, "error": _("The webhook was switched off.")}
		)
	status, answer = _post(webhook.url, row)
	kept = {"answer_status": status, "answer": answer}
	if not 200 <= status < 300:
		raise WebhookRefusedError(_("The receiver answered {0}.").format(status), kept)
	sent = {"status": SENT, "sent_on": now_datetime(), "attempts": row.attempts + 1, "error": None}
	return frappe.db.set_value(DELIVERY, name, {**sent, **kept}, update_modified=False)


def _post(url: str, row: Any) -> tuple[int, str]:
	addresses.check(url)
	body, timestamp = row.payload.encode(), str(int(time.time()))
	secret = get_decrypted_password(WEBHOOK, row.webhook, "secret", raise_exception=False) or ""
	headers = {
		"Content-Type": "application/json",
		"User-Agent": "support_service",
		"X-Service-Event": row.event,
		"X-Service-Delivery": row.delivery_key,
		"X-Service-Timestamp": timestamp,
		"X-Service-Signature": f"sha256={signature(secret, timestamp, body)}",
	}
	with (
		addresses.session() as session,
		session.post(
			url, data=body, headers=headers, timeout=TIMEOUT, allow_redirects=False, stream=True
		) as answer,
	):
		return answer.status_code, _excerpt(answer)


def _excerpt(answer: requests.Response) -> str:
	try:
		return next(answer.iter_content(EXCERPT), b"").decode("utf-8", "replace").replace("\0", "")[:EXCERPT]
	except requests.RequestException:
		return ""  # the status has come, which is what counts


def _postpone(name: str, error: Exception) -> None:
	row = frappe.db.get_value(DELIVERY, name, ["attempts", "webhook", "service_request"], as_dict=True)
	kept = error.kept if isinstance(error, WebhookRefusedError) else {}
	attempts, due = cint(row.attempts) + 1, batches.next_try(cint(row.attempts) + 1)
	values = {
		"attempts": attempts,
		"status": FAILED if attempts >= MAX_ATTEMPTS else QUEUED,
		"due_at": due,
		"error": frappe.utils.strip_html(str(error))[:500] or type(error).__name__,
		**kept,
	}
	frappe.db.set_value(DELIVERY, name, values, update_modified=False)
	_hold_back(row, due, refused_alone=bool(kept) and kept["answer_status"] not in BUSY)


def _hold_back(failed: Any, due: datetime, *, refused_alone: bool) -> None:
	"""Let what stands behind a delivery that failed wait as long; what another worker is sending goes its own way."""
	behind = DocType(DELIVERY)
	query = (
		frappe.qb.from_(behind)
		.select(behind.name)
		.where((behind.webhook == failed.webhook) & (behind.status == QUEUED) & (behind.due_at < due))
	)
	if refused_alone:
		query = query.where(behind.service_request == failed.service_request)
	names = [row.name for row in locks.rows(query, skip_locked=True)]
	if names:
		frappe.db.set_value(DELIVERY, {"name": ("in", names)}, "due_at", due, update_modified=False)
