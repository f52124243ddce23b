"""Who sent an alert: a source proves itself by a bearer token, or by a signature over time and body.

Hook `auth_hooks`, as Frappe refuses a request with an unknown bearer token before any function runs. It looks at requests for
`RECEIVE` alone and acts as the source's user for that function only. Every refusal reads the same and stores nothing but a count
in Redis.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from typing import Any

import frappe
from frappe import _

from support_service.foundation import people
from support_service.permissions import asked

SOURCE = "Alert Source"
RECEIVE = "support_service.service_intake.alerts.api.receive"
TIMESTAMP, SIGNATURE = "X-Alert-Timestamp", "X-Alert-Signature"
FIELDS = ("name", "enabled", "proof", "token_hash", "replay_seconds", "run_as")
REFUSED = "support_service:alerts_refused"


class AlertNotProvenError(frappe.AuthenticationError):
	"""The source is not known, or the token, the signature or the time is wrong; the answer does not say which."""


def identify() -> None:
	"""Hook `auth_hooks`: let a proven source in as its user, raise AlertNotProvenError for everybody else."""
	request = getattr(frappe.local, "request", None)
	if not request or RECEIVE not in request.path or asked.command_of(request) != RECEIVE:
		return
	source = _source(request.args.get("source"))
	if not source or not source.enabled or not is_proven(source, request) or not _may_act(source.run_as):
		refuse(source.name if source else "")
	parameters = frappe.local.form_dict
	frappe.set_user(source.run_as)
	frappe.local.form_dict = parameters
	frappe.local.proven_alert_source = source.name


def proven_source() -> str:
	"""The source of this request; raises AlertNotProvenError where none has proven itself."""
	return getattr(frappe.local, "proven_alert_source", None) or refuse("")


def refuse(source: str) -> Any:
	"""Count the refusal and raise."""
	frappe.cache.incr(_counter(source))
	frappe.throw(_("The sender is not known, or its proof is wrong or too old."), AlertNotProvenError)


def refusals(source: str) -> int:
	"""How often a sender was refused as `source` since Redis was emptied last."""
	return int(frappe.cache.get(_counter(source)) or 0)


def new_token(source: str) -> str:
	"""A new bearer token, which is shown once: only its hash is stored. The caller has checked the right to the source."""
	token = secrets.token_urlsafe(32)
	frappe.db.set_value(SOURCE, source, "token_hash", hashed(token))
	return token


def signature(secret: str, timestamp: str, body: bytes) -> str:
	"""The signature of a body: HMAC-SHA256 over timestamp, a full stop and the body, in hexadecimal digits."""
	return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def _counter(source: str) -> bytes:
	return frappe.cache.make_key(f"{REFUSED}:{source or '-'}")


def _source(name: str | None) -> Any:
	if not name:
		return None
	return frappe.db.get_value(SOURCE, {"name": name[:140]}, FIELDS, as_dict=True)


def is_proven(source: Any, request: Any) -> bool:
	"""Whether the request carries the source's token, or a signature with its secret that is not too old."""
	if source.proof == "Signature":
		return _is_signed(source, request)
	kind, _space, token = request.headers.get("Authorization", "").partition(" ")
	given, known = hashed(token.strip()), source.token_hash or ""
	return kind.lower() == "bearer" and bool(known) and hmac.compare_digest(given, known)


def _is_signed(source: Any, request: Any) -> bool:
	timestamp = request.headers.get(TIMESTAMP, "")
	secret = frappe.utils.password.get_decrypted_password(
		SOURCE, source.name, "secret", raise_exception=False
	)
	if not secret or not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
		return False
	if abs(time.time() - int(timestamp)) > source.replay_seconds:
		return False
	given = request.headers.get(SIGNATURE, "").removeprefix("sha256=").lower()
	return given.isascii() and hmac.compare_digest(given, signature(secret, timestamp, request.get_data()))


def _may_act(user: str | None) -> bool:
	return bool(people.able([user]))


def hashed(token: str) -> str:
	return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
