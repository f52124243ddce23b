"""What happens to a request becomes a row for each webhook that wants it, in the transaction in which it happens.

Listens to moves, messages and visits (see hooks.py). `deliveries.py` sends the rows.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import now_datetime, strip_html

from support_service.foundation import batches, instants, rows

CASE, WEBHOOK, DELIVERY = "Service Request", "Service Webhook", "Service Webhook Delivery"
# event → the field of a webhook that asks for it
EVENTS = {
	"request.created": "on_request_created",
	"request.status_changed": "on_status_changed",
	"message.from_customer": "on_message_from_customer",
	"message.to_customer": "on_message_to_customer",
	"visit.planned": "on_visit_planned",
	"visit.done": "on_visit_done",
}
CACHE = "support_service:active_webhooks"
SWEEP = "support_service.service_api.webhooks.deliveries.run"
FLAG = "support_service:webhook_deliveries"
CASE_FIELDS = (
	"name",
	"subject",
	"status",
	"priority",
	"request_type",
	"channel",
	"customer",
	"installed_unit",
)
LONGEST_TEXT = 2000


def after_insert_move(move: Document, method: str | None = None) -> None:
	"""Listens to Service Request Move: a request was created, or its status changed."""
	created = move.action == "create"
	if not created and move.from_status == move.to_status:
		return
	event = "request.created" if created else "request.status_changed"
	data = {"action": move.action, "from_status": move.from_status, "to_status": move.to_status}
	if move.action == "merge":  # what is told of it from now on is told of the request that it goes on as
		data["merged_into"] = move.flags.case.merged_into
	_note(event, move.request, move, data, case=move.flags.case)


def after_insert_communication(message: Document, method: str | None = None) -> None:
	"""Listens to Communication: the customer wrote, or was written to."""
	if message.reference_doctype != CASE or message.communication_type != "Communication":
		return
	received = message.sent_or_received == "Received"
	data = {"sender": message.sender, "text": strip_html(message.content or "")[:LONGEST_TEXT]}
	_note(
		"message.from_customer" if received else "message.to_customer", message.reference_name, message, data
	)


def after_insert_visit(visit: Document, method: str | None = None) -> None:
	"""Listens to Engineer Visit: one was planned."""
	_note("visit.planned", visit.service_request, visit, _of_visit(visit))


def on_submit_visit(visit: Document, method: str | None = None) -> None:
	"""Listens to Engineer Visit: its report was submitted."""
	_note("visit.done", visit.service_request, visit, _of_visit(visit))


def active() -> list[dict[str, Any]]:
	"""All active webhooks; kept in Redis, as each new request asks for them."""
	return frappe.cache.get_value(CACHE, _read_active)


def forget_active() -> None:
	"""A webhook was changed: the next event reads them anew, also when this transaction is committed."""
	frappe.cache.delete_value(CACHE)
	frappe.db.after_commit.add(lambda: frappe.cache.delete_value(CACHE))


def forget_renamed(_change: Any, _doc: Document) -> None:
	"""A customer has another name now; see stored_names.py."""
	forget_active()


def _read_active() -> list[dict[str, Any]]:
	fields = ["name", "customer", *EVENTS.values()]
	return [dict(row) for row in frappe.get_all(WEBHOOK, {"active": 1}, fields, order_by="name")]


def _of_visit(visit: Document) -> dict[str, Any]:
	return {
		"visit": visit.name,
		"planned_start": _at(visit.planned_start),
		"planned_end": _at(visit.planned_end),
		"outcome": visit.get("outcome"),
	}


def _note(event: str, request: str | None, source: Document, data: dict[str, Any], case: Any = None) -> None:
	wanted = [webhook for webhook in active() if webhook[EVENTS[event]]] if request else []
	if not wanted:
		return
	case = case or frappe.db.get_value(CASE, request, CASE_FIELDS, as_dict=True)
	content = {
		"event": event,
		"at": instants.utc_column(instants.now()).isoformat() + "Z",
		"request": {name: case.get(name) for name in CASE_FIELDS},
		"data": data,
	}
	for webhook in wanted:
		if not webhook["customer"] or webhook["customer"] == case.get("customer"):
			_store(webhook["name"], event, request, source, content)
	batches.enqueue(SWEEP, FLAG)


def _store(webhook: str, event: str, request: str, source: Document, content: dict[str, Any]) -> None:
	moment = now_datetime()
	key = hashlib.sha256(f"{webhook}|{event}|{source.doctype}|{source.name}".encode()).hexdigest()[:40]
	row = {
		"name": frappe.generate_hash(length=20),
		"creation": moment,
		"webhook": webhook,
		"service_request": request,
		"event": event,
		"delivery_key": key,
		"payload": json.dumps({"id": key, **content}, ensure_ascii=False, default=str),
		"status": "Queued",
		"due_at": moment,
	}
	rows.insert(DELIVERY, [row], leave_present=True)


def _at(site_time: Any) -> str | None:
	return instants.utc_column(instants.to_utc(site_time)).isoformat() + "Z" if site_time else None
