"""Idempotency keys: a request that is sent again with its key gets the answer of the first one and does nothing.

The row is inserted before the work and in its transaction: a second request with the same key waits for the first on the unique
key, and where the first was refused it finds nothing and does the work. A key counts per client, method and path.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import frappe
from frappe import _
from frappe.utils import add_days, now_datetime

from support_service.foundation import locks, rows
from support_service.service_api.errors import ApiError, KeyReusedError

ANSWER = "Service API Answer"
HEADER = "Idempotency-Key"
LONGEST = 200
KEPT_DAYS = 30


def begin(client: str, method: str, path: str, values: Mapping[str, Any]) -> tuple[str | None, Any]:
	"""(row to fill with `keep`, answer stored before); both None without a key. Raises KeyReusedError, ApiError."""
	key = frappe.get_request_header(HEADER)
	if not key:
		return None, None
	if len(key) > LONGEST or not key.isprintable():
		raise ApiError(
			_("The idempotency key is longer than {0} characters or not readable.").format(LONGEST)
		)
	# hashed as Redis and the database compare without case
	name = _hash([client, method, path, key])
	body = _hash(values)
	row = {"name": name, "client": client, "path": path[-140:], "body_hash": body, "status_code": 0}
	locks.latest()
	if rows.insert(ANSWER, [row], leave_present=True):
		return name, None
	stored = locks.get_value(ANSWER, name, ["body_hash", "status_code", "answer"], as_dict=True)
	if stored.body_hash != body:
		raise KeyReusedError(_("This idempotency key was used with another body. Take a new key."))
	return None, stored


def keep(name: str | None, status: int, answer: str) -> None:
	"""Store the answer with its key, in the transaction of the work."""
	if name:
		rows.update(ANSWER, [{"name": name, "status_code": status, "answer": answer}])


def forget_old() -> None:
	"""Scheduled daily: a key is kept for thirty days."""
	frappe.db.delete(ANSWER, {"creation": ("<", add_days(now_datetime(), -KEPT_DAYS))})


def _hash(value: Any) -> str:
	return hashlib.sha256(
		json.dumps(value, sort_keys=True, default=str).encode("utf-8", "replace")
	).hexdigest()[:40]
