"""Limits: how often something may be called in a fixed window of time, counted in Redis.

Frappe's own `rate_limit` believes the leftmost address of X-Forwarded-For, which the caller writes, and counts by the value of
a parameter, which the caller changes. Here the address is the one that the last trusted proxy saw; a caller is counted by the
address, by what they ask about, and together with all others, so that changing one of them does not help.

`support_service_proxies` in the site's configuration says how many proxies stand before the site: 1 by default, as a bench
has its nginx; 0 where the server is reached directly.
"""

from __future__ import annotations

import hashlib
import time
from ipaddress import IPv6Address, ip_address
from typing import Any

import frappe
from frappe import _
from frappe.utils import cint

HOUR = 60 * 60
PROXIES = "support_service_proxies"
BY_PROXY_FIX = "werkzeug.proxy_fix.orig"


class TooManyRequestsError(frappe.RateLimitExceededError):
	"""The limit of this window is used up. retry_after: seconds until the next window begins."""

	retry_after = 1


def count(name: str, limit: int, *, subject: str = "", seconds: int = HOUR) -> None:
	"""Count one call of `name` about `subject`; raise TooManyRequestsError (HTTP 429) beyond `limit` in this window.

	subject: whom or what is counted, of any length; empty: the whole site. It is something the caller has proven (a user, a
	client, the address the server sees), never a value that a caller can change at will.
	"""
	now = int(time.time())
	mark = hashlib.sha256(subject.encode()).hexdigest()[:32]
	key = frappe.cache.make_key(f"support_service:limit:{name}:{mark}:{now // seconds}")
	pipeline = frappe.cache.pipeline()
	pipeline.incr(key)
	pipeline.expire(key, seconds + 60)
	counted = pipeline.execute()[0]
	if counted > limit:
		refusal = TooManyRequestsError()
		refusal.retry_after = seconds - now % seconds
		frappe.local.flags.support_service_retry_after = refusal.retry_after
		frappe.throw(_("Too many attempts. Please try again later, or call us."), refusal)


def count_guest(name: str, *, address: int, site: int, subject: str = "", each: int = 0) -> None:
	"""Count one call of a guest by their address, by `subject` (at most `each`) and for the whole site; see `count`."""
	count(f"{name}:address", address, subject=remote_address())
	if subject:
		count(f"{name}:subject", each, subject=subject)
	count(f"{name}:site", site)


def remote_address() -> str:
	"""The address of the caller of the present request, as the last trusted proxy saw it; an IPv6 network for all its hosts.

	Empty outside of a request.
	"""
	request = getattr(frappe.local, "request", None)
	if not request:
		return ""
	peer = request.remote_addr or ""
	if BY_PROXY_FIX in request.environ:
		return _network(peer)  # the server has worked it out already
	proxies = cint(frappe.conf.get(PROXIES, 1))
	forwarded = [part.strip() for part in (request.headers.get("X-Forwarded-For") or "").split(",")]
	forwarded = [part for part in forwarded if part]
	if not proxies or not forwarded or not _is_near(peer):
		return _network(peer)
	return _network(forwarded[-min(proxies, len(forwarded))])


def after_request(response: Any = None, request: Any = None) -> None:
	"""Hook `after_request`: say when a refused call may be repeated."""
	seconds = frappe.local.flags.support_service_retry_after
	if response is not None and seconds:
		response.headers["Retry-After"] = str(seconds)


def _is_near(peer: str) -> bool:
	"""A proxy of ours is on this machine or in its network; empty for a socket file."""
	try:
		return not peer or not ip_address(peer).is_global
	except ValueError:
		return False


def _network(address: str) -> str:
	try:
		found = ip_address(address)
	except ValueError:
		return address[:64]
	if isinstance(found, IPv6Address) and not found.ipv4_mapped:
		# whoever has one address of such a network has all of them
		return str(IPv6Address(int(found) >> 64 << 64))
	return str(found)
