"""Whitelisted functions of monitoring alerts: the one that senders call, and those of the forms."""

from __future__ import annotations

import json
from typing import Any

import frappe
from frappe import _

from support_service.foundation import transactions
from support_service.service_intake.alerts import become, forms, process, proof, stored
from support_service.service_intake.alerts.proof import SOURCE


class AlertPayloadError(frappe.ValidationError):
	"""The payload cannot be read; nothing of it was stored, the sender keeps it."""

	http_status_code = 422


@frappe.whitelist(allow_guest=True, methods=["POST"])
def receive(source: str | None = None) -> dict[str, int]:
	"""Take the alerts of a monitoring system; answers once they are stored: `received` alerts, `new` ones among them.

	The body is the JSON of Alertmanager's webhook or our plain form. The sender has proven itself to `proof.identify`.
	"""
	known = frappe.get_cached_doc(SOURCE, proof.proven_source())
	events = _events(known.form, frappe.request.get_data())

	def kept() -> int:
		new = stored.store(known, events)
		frappe.db.commit()  # accepted means kept: stored before the sender is told so
		return new

	return {"received": len(events), "new": transactions.repeated(kept)}


@frappe.whitelist(methods=["POST"])
def new_token(source: str) -> str:
	"""Give the source a new bearer token and return it, this once; the one before is no longer valid."""
	frappe.has_permission(SOURCE, "write", source, throw=True)
	return proof.new_token(source)


@frappe.whitelist()
def about(source: str) -> dict[str, Any]:
	"""What the form shows of a source: its `address`, `has_token`, and how many senders were refused (`refused`)."""
	frappe.has_permission(SOURCE, "read", source, throw=True)
	return {
		"address": frappe.utils.get_url(f"/api/method/{proof.RECEIVE}?source={source}"),
		"has_token": bool(frappe.db.get_value(SOURCE, source, "token_hash")),
		"refused": proof.refusals(source),
	}


@frappe.whitelist(methods=["POST"])
def try_payload(source: str, payload: str) -> list[dict[str, Any]]:
	"""What a payload that somebody pastes would become, without storing anything: one row per alert."""
	frappe.has_permission(SOURCE, "read", source, throw=True)
	known = frappe.get_doc(SOURCE, source)
	return [
		{
			"title": event.title or event.event,
			"firing": event.firing,
			"group": stored.hashed(event.group or event.fingerprint)[:8],
			**_with_customer(become.wanted(known, event.labels)),
		}
		for event in _events(known.form, payload.encode())
	]


@frappe.whitelist(methods=["POST"])
def try_again(alert: str) -> None:
	"""Take up an alert that was set aside after several failures, once the cause is removed."""
	frappe.has_permission(stored.ALERT, "read", alert, throw=True)
	frappe.has_permission("Service Request", "create", throw=True)
	process.again(alert)


def _with_customer(wanted: dict[str, str]) -> dict[str, str]:
	"""With the customer that the request takes from its unit, where the user may see the unit."""
	if wanted.get("customer") or not wanted.get("installed_unit"):
		return wanted
	of_unit = frappe.get_list("Installed Unit", {"name": wanted["installed_unit"]}, pluck="customer")
	return {**wanted, "customer": of_unit[0] or ""} if of_unit else wanted


def _events(form: str, body: bytes) -> list[forms.Event]:
	try:
		return forms.read(form, json.loads(body))
	except (ValueError, RecursionError) as error:
		frappe.throw(
			_("The alerts cannot be read: {0}").format(frappe.utils.escape_html(str(error))),
			AlertPayloadError,
		)
