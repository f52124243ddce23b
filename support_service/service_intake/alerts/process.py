"""What follows from stored alerts: a request is opened or joined, and something is done when the alert is over.

`run` is the guarantee (every minute, and enqueued after each payload): each row is worked on in its own transaction, as often as
it takes, and set aside after `MAX_ATTEMPTS` failures for a person to look at.

A flapping alert does no harm: what is to be done when it is over is done once, by the last of its kind, when that one has stayed
over for the source's flapping window. An alert that comes back joins the request it has. Where that was closed meanwhile, it waits for the window: only if it
still fires then is a new request opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint, escape_html, now_datetime

from support_service.foundation import batches, instants, language, locks
from support_service.service_intake.alerts import become, stored
from support_service.service_intake.alerts.stored import ALERT, DONE, FLAG, OPEN, QUARANTINED, WAITING
from support_service.service_intake.intake import accept
from support_service.support_service import moves
from support_service.support_service.lifecycle import OPEN_STATES, Status

CHANNEL = "Monitoring"
BATCH = 500
MAX_ATTEMPTS = 8
LIVE = (*OPEN_STATES, Status.RESOLVED)
# nobody has begun to work on the request yet
UNTOUCHED = (Status.NEW, Status.ASSIGNED)


def work_due(limit: int = BATCH) -> int:
	"""Work on all alerts whose next step is due; returns how many. Safe in parallel, safe to kill."""
	batches.begun(FLAG)
	names = frappe.get_all(
		ALERT,
		filters=[
			["progress", "in", (WAITING, OPEN)],
			# Frappe takes a row without a date for one before every date: an alert that fires and has its request waits for nothing
			["due_at", "is", "set"],
			["due_at", "<=", now_datetime()],
		],
		order_by="due_at asc, name asc",
		limit=limit,
		pluck="name",
	)
	done = batches.one_by_one(names, lock=_lock, work=work, failed=_postpone)
	if len(names) == limit and done:
		batches.enqueue_now(stored.SWEEP, FLAG)
	return done


def again(name: str) -> None:
	"""Take up an alert that was set aside. The caller has checked the right to it."""
	values = {"progress": WAITING, "attempts": 0, "due_at": now_datetime(), "error": None}
	frappe.db.set_value(ALERT, name, values, update_modified=False)
	batches.enqueue(stored.SWEEP, FLAG)


def work(name: str) -> None:
	"""Take the next step of one alert, whose row the caller has locked."""
	alert = frappe.get_doc(ALERT, name)
	source = frappe.get_doc("Alert Source", alert.source)
	earlier = stored.earlier(alert)
	if not alert.fired:
		frappe.logger("support_service").info("alert over that never fired: %s %s", alert.source, alert.name)
		return _set(alert, progress=DONE, due_at=None, error=None)
	if not alert.service_request:
		alert.service_request = _request_of(alert, source, earlier)
	if alert.state == "Resolved":
		return _ended(alert, source)
	return _fires(alert, source)


def _request_of(alert: Any, source: Any, earlier: Any) -> str:
	"""The request of an earlier alert of this kind that goes on, or ended just before; else a new one."""
	if earlier:
		if _status(earlier.service_request) in LIVE:
			return earlier.service_request
		ended = instants.of_utc_column(earlier.ended_utc)
		began = instants.of_utc_column(alert.started_utc) or instants.now()
		if ended is not None and began - ended <= _window(source):
			return earlier.service_request
	return _open(alert, source)


def _fires(alert: Any, source: Any) -> None:
	if _status(alert.service_request) in LIVE:
		return _set(alert, progress=OPEN, due_at=None, error=None)
	began = instants.of_utc_column(alert.started_utc) or instants.now()
	wait = began + _window(source)
	if wait > instants.now():
		return _set(alert, progress=OPEN, due_at=instants.from_utc(wait), error=None)
	# it has come back after its request was closed, and stays
	alert.service_request = _open(alert, source)
	return _set(alert, progress=OPEN, due_at=None, error=None)


def _ended(alert: Any, source: Any) -> None:
	ended = instants.of_utc_column(alert.ended_utc) or instants.now()
	wait = ended + _window(source)
	if wait > instants.now():
		return _set(alert, progress=OPEN, due_at=instants.from_utc(wait), error=None)
	if not stored.goes_on(alert):
		_act_on_end(alert, source)
	return _set(alert, progress=DONE, due_at=None, error=None)


def _act_on_end(alert: Any, source: Any) -> None:
	status = _status(alert.service_request)
	if source.on_resolve == "Nothing" or status not in OPEN_STATES:
		return
	lang = language.of_site()
	text = _("The monitoring system says that the alert is over: {0}", lang).format(alert.title)
	if source.on_resolve == "Close the Request" and status in UNTOUCHED:
		moves.apply_move(alert.service_request, "cancel", reason=text, by_app=True)
	else:
		frappe.get_doc("Service Request", alert.service_request).add_comment("Comment", escape_html(text))


def _open(alert: Any, source: Any) -> str:
	wanted = become.payload(
		source,
		title=alert.title,
		labels=frappe.parse_json(alert.labels),
		annotations=frappe.parse_json(alert.annotations),
		link=alert.link,
	)
	with _acting_as(source.run_as):
		return accept(CHANNEL, wanted, key=f"{alert.source}:{alert.name}:{cint(bool(alert.service_request))}")


@contextmanager
def _acting_as(user: str) -> Iterator[None]:
	before = frappe.session.user
	frappe.set_user(user)
	try:
		yield
	finally:
		frappe.set_user(before)


def _status(request: str) -> str | None:
	"""As it is committed: another worker may have opened the request since this transaction began to read."""
	return locks.get_value("Service Request", request, "status")


def _window(source: Any) -> int:
	return cint(source.flapping_minutes) * 60


def _lock(name: str) -> bool:
	return batches.lock_name(ALERT, name)


def _set(alert: Any, **values: Any) -> None:
	values |= {"service_request": alert.service_request, "attempts": 0}
	frappe.db.set_value(ALERT, alert.name, values, update_modified=False)


def _postpone(name: str, error: Exception) -> None:
	attempts = cint(frappe.db.get_value(ALERT, name, "attempts")) + 1
	values = {
		"attempts": attempts,
		"error": (frappe.utils.strip_html(str(error)) or type(error).__name__)[:500],
		"progress": QUARANTINED if attempts >= MAX_ATTEMPTS else WAITING,
		"due_at": batches.next_try(attempts),
	}
	frappe.db.set_value(ALERT, name, values, update_modified=False)
