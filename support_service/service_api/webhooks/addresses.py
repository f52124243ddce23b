"""Where a webhook may send to: https and public addresses only, looked at when the connection is made.

A name is looked up once, all of its addresses must be public, and the connection goes to the address that was looked at: a name
that leads somewhere else at the second look-up gains nothing. No proxy of the environment is asked, and no redirect followed.
For tests and a network of one's own: `support_service_webhooks_anywhere` in the site's configuration.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

import frappe
import requests
from frappe import _
from frappe.utils import cint
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError
from urllib3.util.connection import create_connection

ANYWHERE = "support_service_webhooks_anywhere"


class WebhookAddressError(frappe.ValidationError):
	"""The address is not one to which a webhook may send."""


def check(url: str | None) -> None:
	"""Raise WebhookAddressError unless it is an https address without a password in it."""
	try:
		parts = urlsplit((url or "").strip())
		port_is_sound = parts.port is None or parts.port > 0
	except ValueError:
		parts, port_is_sound = urlsplit(""), False
	schemes = ("https", "http") if anywhere() else ("https",)
	if parts.scheme not in schemes or not parts.hostname or parts.username or not port_is_sound:
		frappe.throw(
			_("Enter an address that begins with https:// and has no password in it."), WebhookAddressError
		)


def anywhere() -> bool:
	"""Whether the site's configuration allows http and private addresses."""
	return bool(cint(frappe.conf.get(ANYWHERE)))


def session() -> requests.Session:
	"""A session that connects to public addresses only."""
	opened = requests.Session()
	opened.trust_env = False
	if not anywhere():
		opened.mount("https://", _PublicAdapter())
		opened.mount("http://", _PublicAdapter())
	return opened


def public_address(host: str, port: int) -> str:
	"""The address to connect to; raises OSError where one of the host's addresses is not public."""
	found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
	if not found or not all(_is_public(address) for address in found):
		raise OSError("the address is not a public one")
	return found[0]


def _is_public(address: str) -> bool:
	parsed = ipaddress.ip_address(address.partition("%")[0])
	inside = getattr(parsed, "ipv4_mapped", None) or getattr(parsed, "sixtofour", None)
	return all(one.is_global and not one.is_multicast for one in (parsed, inside) if one is not None)


def _connect(connection: Any) -> socket.socket:
	host = connection._dns_host
	try:
		address = public_address(host, connection.port)
		return create_connection((address, connection.port), connection.timeout)
	except OSError as error:
		raise NewConnectionError(connection, f"{host}: {error}") from error


class _PublicHTTP(HTTPConnection):
	def _new_conn(self) -> socket.socket:
		return _connect(self)


class _PublicHTTPS(HTTPSConnection):
	def _new_conn(self) -> socket.socket:
		return _connect(self)


class _HTTPPool(HTTPConnectionPool):
	ConnectionCls = _PublicHTTP


class _HTTPSPool(HTTPSConnectionPool):
	ConnectionCls = _PublicHTTPS


class _PublicAdapter(HTTPAdapter):
	def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
		super().init_poolmanager(*args, **kwargs)
		self.poolmanager.pool_classes_by_scheme = {"http": _HTTPPool, "https": _HTTPSPool}
