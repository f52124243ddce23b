"""Who is at their desk: people of the service whose open desk has told so within the last minutes.

Kept in Redis, not in rows: it is told every minute and forgotten as fast. Where Redis has lost it, nobody is taken to be there
until the desks tell again, and what customers write becomes messages meanwhile.
"""

from __future__ import annotations

import time

import frappe

from support_service.constants.roles import STAFF
from support_service.foundation import people

KEY = "support_service:at_their_desk"


def note(user: str) -> None:
	"""`user` has done something in the desk just now."""
	frappe.cache.hset(KEY, user, int(time.time()))


def gone(user: str) -> None:
	"""`user` is not there for customers any more."""
	frappe.cache.hdel(KEY, user)


def present(minutes: int) -> list[str]:
	"""Users of the service at their desk within the last `minutes` who can act, sorted."""
	since = int(time.time()) - 60 * minutes
	told = frappe.cache.hgetall(KEY)
	users = [frappe.safe_decode(user) for user, moment in told.items() if moment and moment >= since]
	return people.able(sorted(users), *STAFF)
