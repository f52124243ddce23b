"""The same requests, answered by Frappe's WSGI application inside the test process.

Only so can a test take one guard out of the product without the product having a switch for it. Each request runs in
a thread, where Frappe has its own site connection and session, apart from the test's.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from werkzeug.test import Client as WerkzeugClient

from tests.http_server import Client


class InProcessClient(Client):
	"""A visitor whose requests never leave the process."""

	def __init__(self, site: str, token: str | None, pool: ThreadPoolExecutor) -> None:
		super().__init__("", site, token)
		self.pool = pool

	def send(self, method: str, path: str, **kwargs: Any) -> tuple[int, str]:
		return self.pool.submit(self._send, method, path, kwargs).result()

	def _send(self, method: str, path: str, kwargs: dict[str, Any]) -> tuple[int, str]:
		from frappe.app import application

		headers = {
			name: value
			for name, value in self.session.headers.items()
			if name in ("X-Frappe-Site-Name", "Accept", "Authorization")
		}
		response = WerkzeugClient(application).open(
			path, method=method, query_string=kwargs.pop("params", None), headers=headers, **kwargs
		)
		kind = response.headers.get("Content-Type", "")
		return response.status_code, response.get_data(as_text=True) if "pdf" not in kind else kind


@contextmanager
def clients_of(site: str, tokens: dict[str, str | None]) -> Iterator[dict[str, InProcessClient]]:
	"""Persona → client; one thread answers them all."""
	with ThreadPoolExecutor(1) as pool:
		yield {persona: InProcessClient(site, token, pool) for persona, token in tokens.items()}
