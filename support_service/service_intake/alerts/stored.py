"""Stores the alerts of a payload: one Service Alert per event, however often and in whatever order it is delivered.

The row says whether a firing delivery was seen and when the event ended; both only ever become known, so that any order of the
deliveries ends in the same row. What follows from it is done by `process.py`.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import frappe
from frappe.query_builder import DocType, Order
from frappe.utils import now_datetime

from support_service.foundation import batches, instants, locks, rows
from support_service.service_intake.alerts.forms import Event

ALERT = "Service Alert"
WAITING, OPEN, DONE, QUARANTINED = "Waiting", "Open", "Done", "Quarantined"
SWEEP = "support_service.service_intake.alerts.process.work_due"
FLAG = "support_service:alerts_waiting"


def goes_on(ended: Any) -> bool:
	"""Whether another alert of the kind and request of `ended` still fires, or was over and is not done with yet.

	Read as it is committed: of two alerts that are worked on at the same time, the second sees that the first is done.
	"""
	alert = DocType(ALERT)
	query = (
		frappe.qb.from_(alert)
		.select(alert.name)
		.where((alert.source == ended.source) & (alert.case_key == ended.case_key) & (alert.fired == 1))
		.where((alert.service_request == ended.service_request) & (alert.name != ended.name))
		.where((alert.state == "Firing") | alert.progress.isin((WAITING, OPEN)))
		.limit(1)
	)
	return bool(locks.rows(query))


def store(source: Any, events: list[Event]) -> int:
	"""Store the events of one payload in the caller's transaction; returns how many were new. Does not commit.

	Sorted, so that two payloads with the same alerts lock them in the same order.
	"""
	new = 0
	keyed = [(_key(source.name, event), event) for event in _distinct(events)]
	for key, event in sorted(keyed, key=lambda one: (one[0], one[1].firing)):
		new += _store(source, key, event)
	batches.enqueue(SWEEP, FLAG)
	return new


def _distinct(events: list[Event]) -> list[Event]:
	"""One delivery of each event and state: a payload that names one twice says it once."""
	return list({(event.event, event.firing): event for event in events}.values())


def _store(source: Any, key: str, event: Event) -> int:
	moment = now_datetime()
	row = {
		"name": key[:20],
		"alert_key": key,
		"source": source.name,
		"fingerprint": hashed(event.fingerprint),
		"case_key": hashed(
			event.group if source.one_request_per == "Group" and event.group else event.fingerprint
		),
		"title": (event.title or event.event)[:140],
		"state": "Firing" if event.firing else "Resolved",
		"progress": WAITING,
		"fired": int(event.firing),
		"started_on": instants.from_utc(event.started),
		"started_utc": instants.utc_column(event.started),
		"ended_on": instants.from_utc(_end(event)),
		"ended_utc": instants.utc_column(_end(event)),
		"first_seen": moment,
		"last_seen": moment,
		"deliveries": 1,
		"due_at": moment,
		"labels": json.dumps(event.labels, ensure_ascii=False, indent=1),
		"annotations": json.dumps(event.annotations, ensure_ascii=False, indent=1),
		"link": event.link[:1000],
	}
	if rows.insert(ALERT, [row], leave_present=True):
		return 1
	_again(key, event)
	return 0


def _again(key: str, event: Event) -> None:
	"""A further delivery of a stored event: it is counted, and what it says that was not known is added."""
	fields = ("name", "fired", "state", "deliveries", "progress")
	known = locks.get_value(ALERT, {"alert_key": key}, fields, as_dict=True)
	values: dict[str, Any] = {"deliveries": known.deliveries + 1, "last_seen": now_datetime()}
	if event.firing and not known.fired:
		values["fired"] = 1
	if not event.firing and known.state == "Firing":
		end = _end(event)
		values |= {
			"state": "Resolved",
			"ended_on": instants.from_utc(end),
			"ended_utc": instants.utc_column(end),
		}
	if len(values) > 2 and known.progress != QUARANTINED:
		values |= {"progress": WAITING, "due_at": now_datetime(), "attempts": 0}
	frappe.db.set_value(ALERT, known.name, values, update_modified=False)


def earlier(alert: Any) -> Any:
	"""The latest other alert of the source with this key of a request that has one; None where there is none.

	Locked, as it is committed now. The latest alert of the kind is locked first: two workers with two alerts of one kind are
	served one after the other, and the second finds the request of the first.
	"""
	table = DocType(ALERT)
	of_kind = (
		frappe.qb.from_(table)
		.select(table.name, table.service_request, table.ended_utc)
		.where((table.source == alert.source) & (table.case_key == alert.case_key))
		.orderby(table.creation, table.name, order=Order.desc)
		.limit(1)
	)
	locks.rows(of_kind)
	found = locks.rows(of_kind.where(table.service_request.isnotnull() & (table.name != alert.name)))
	return found[0] if found else None


def hashed(text: str) -> str:
	"""A short key of any text, which the database compares letter by letter."""
	return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:40]


def _key(source: str, event: Event) -> str:
	return hashed(f"{source}\n{event.event}")


def _end(event: Event) -> int | None:
	return None if event.firing else (event.ended or instants.now())
