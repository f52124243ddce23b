"""A real server process of the test site, and clients that talk to it over HTTP.

`http_server` is a session fixture: import it in a test module (`from tests.http_server import http_server`) and ask
for it. The process is the bench's own gunicorn with Frappe's own WSGI application, nothing patched; the site is named
by header, as a proxy in front of a bench does.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests

START_SECONDS = 60


class Client:
	"""One visitor: a `requests` session with base address, site and, unless a guest, an API key of its own.

	An API key and a log-in end in the same permission checks; the key spares the log-in form and its CSRF token.
	tries: how often a call is sent while it ends in a deadlock, for tests that send many at once and ask about something else.
	"""

	def __init__(self, base_url: str, site: str, token: str | None = None, tries: int = 1) -> None:
		self.base_url = base_url
		self.tries = tries
		self.session = requests.Session()
		self.session.trust_env = False  # no proxy stands between, and looking for one takes time
		self.session.headers["X-Frappe-Site-Name"] = site
		self.session.headers["Accept"] = "application/json"
		# the server drops idle connections; a request on one it is just dropping would fail
		self.session.headers["Connection"] = "close"
		if token:
			self.session.headers["Authorization"] = f"token {token}"

	def send(self, method: str, path: str, **kwargs: Any) -> tuple[int, str]:
		"""Returns status and body; redirects (to the log-in page) are not followed."""
		for _try in range(self.tries):
			response = self.session.request(
				method, self.base_url + path, allow_redirects=False, timeout=60, **kwargs
			)
			if "QueryDeadlockError" not in response.text:
				break
		kind = response.headers.get("Content-Type", "")
		return response.status_code, response.text if "pdf" not in kind else kind

	def call(self, function: str, http_method: str = "POST", **arguments: Any) -> tuple[int, str]:
		"""Call a whitelisted function as the desk does."""
		if http_method == "GET":
			return self.send("GET", f"/api/method/{function}", params=arguments)
		return self.send("POST", f"/api/method/{function}", json=arguments)


class Server:
	"""A running server process."""

	def __init__(self, base_url: str, site: str) -> None:
		self.base_url = base_url
		self.site = site

	def client(self, token: str | None = None, tries: int = 1) -> Client:
		return Client(self.base_url, self.site, token, tries)


def free_port() -> int:
	with socket.socket() as probe:
		probe.bind(("127.0.0.1", 0))
		return probe.getsockname()[1]


def api_token(user: str) -> str:
	"""Give `user` an API key; returns `key:secret`. The caller commits."""
	import frappe

	doc = frappe.get_doc("User", user)
	secret = frappe.generate_hash(length=20)
	doc.api_key = doc.api_key or frappe.generate_hash(length=16)
	doc.api_secret = secret
	doc.save(ignore_permissions=True)
	return f"{doc.api_key}:{secret}"


def _wait(process: subprocess.Popen, base_url: str, site: str, log: str) -> None:
	end = time.monotonic() + START_SECONDS
	while time.monotonic() < end:
		if process.poll() is not None:
			break
		try:
			answer = requests.get(
				f"{base_url}/api/method/ping", headers={"X-Frappe-Site-Name": site}, timeout=30
			)
			if answer.ok:
				return
		except requests.ConnectionError:
			time.sleep(0.2)
	with open(log) as file:
		pytest.fail(f"The server did not start:\n{file.read()[-2000:]}")


@pytest.fixture(scope="session")
def http_server(site: str) -> Iterator[Server]:
	"""The test site behind a real server process on a free port; ended after the session."""
	base_url = f"http://127.0.0.1:{free_port()}"
	sites = os.environ.get("SUPPORT_SERVICE_SITES_PATH", os.getcwd())
	log = tempfile.NamedTemporaryFile(prefix="http-server-", suffix=".log", delete=False)  # noqa: SIM115 - closed below
	command = [sys.executable, "-m", "gunicorn", "--bind", base_url.removeprefix("http://"), "--workers", "2"]
	# with statics, as nginx does before a bench: a PDF fetches its stylesheets from the same address
	# the first call of a worker reads a lot; on a busy machine gunicorn's half a minute is not enough for it
	command += ["--timeout", "180", "--threads", "4", "--preload", "frappe.app:application_with_statics()"]
	process = subprocess.Popen(command, cwd=sites, stdout=log, stderr=subprocess.STDOUT)
	try:
		_wait(process, base_url, site, log.name)
		yield Server(base_url, site)
	finally:
		process.terminate()
		process.wait(timeout=20)
		log.close()
		os.unlink(log.name)
