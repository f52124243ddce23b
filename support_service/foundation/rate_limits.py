"""How often something may be done in a window of time, counted in Redis.

The key must be something the caller has proven (a client, a user), never a header that a caller can change.
"""

from __future__ import annotations

import time

import frappe
from frappe import _


class TooManyRequestsError(frappe.TooManyRequestsError):
	"""The limit of this window is used up. retry_after: seconds until the next window begins."""

	def __init__(self, message: str = "", retry_after: int = 1) -> None:
		super().__init__(message)
		self.retry_after = retry_after


def take(name: str, key: str, limit: int, seconds: int) -> None:
	"""Count one use of `name` by `key`; raises TooManyRequestsError from the one after `limit` in a window of `seconds`."""
	now = time.time()
	window = int(now // seconds)
	counter = frappe.cache.make_key(f"support_service:limit:{name}:{key}:{window}")
	used = frappe.cache.incr(counter)
	if used == 1:
		frappe.cache.expire(counter, seconds + 1)
	if used > limit:
		raise TooManyRequestsError(
			_("Too many requests. Please wait a moment and try again."),
			retry_after=max(1, int((window + 1) * seconds - now) + 1),
		)
