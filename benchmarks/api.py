"""Requests created a second over HTTP, four web workers and four callers: our API against Frappe's REST insert of an ERPNext Issue.

The same user, the same server, in turns. Ours checks the client and its limit, stores the answer under an idempotency key, chooses
priority, team and promises, and writes the ledger; the Issue has an active Service Level Agreement.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import frappe
import requests

from benchmarks.harness import Result, pairs, size
from benchmarks.intake import _active_sla
from tests import factories
from tests.http_server import api_token, free_port

WORKERS = CALLERS = 4
EACH = size("API_EACH", 10, 2)  # requests of each caller in one measured turn
CREATE = "/api/method/support_service.service_api.v1.create_request"


def run() -> Result:
	user = factories.make_user("Service Desk Agent", "Support Team").name
	client = {"client_name": factories.unique("Bench"), "user": user, "requests_per_minute": 10_000_000}
	factories.insert("Service API Client", client, {})
	customer = factories.make_customer().name
	units = [factories.make_installed_unit(customer=customer).name for _ in range(20)]
	factories.make_service_team()
	_active_sla()
	token, company = api_token(user), factories.company()  # read here: the threads have no connection
	frappe.db.commit()
	headers = {"Authorization": f"token {token}", "X-Frappe-Site-Name": frappe.local.site}
	with _server() as base, ThreadPoolExecutor(CALLERS) as pool:
		sessions = [requests.Session() for _caller in range(CALLERS)]

		def many(one: Callable[[requests.Session, int], requests.Response]) -> Callable[[], None]:
			def caller(number: int) -> None:
				for turn in range(EACH):
					answer = one(sessions[number], turn)
					assert answer.status_code in (200, 201), answer.text[:500]

			return lambda: list(pool.map(caller, range(CALLERS)))

		def ours(session: requests.Session, turn: int) -> requests.Response:
			values = {
				"subject": f"Does not start {turn}",
				"installed_unit": units[turn % len(units)],
				"impact": "High",
				"contact_name": "Li Wei",
				"description": "It stopped this morning.",
			}
			keyed = headers | {"Idempotency-Key": frappe.generate_hash(length=20)}
			return session.post(base + CREATE, json=values, headers=keyed, timeout=120)

		def peer(session: requests.Session, turn: int) -> requests.Response:
			values = {
				"subject": f"Does not start {turn}",
				"customer": customer,
				"priority": "High",
				"raised_by": "li.wei@example.com",
				"description": "It stopped this morning.",
				"company": company,
			}
			return session.post(f"{base}/api/resource/Issue", json=values, headers=headers, timeout=120)

		result = pairs("api", lambda: many(ours), lambda: many(peer), n=size("API_TURNS", 12, 2), warmup=2)
	per_turn = CALLERS * EACH
	result.extra |= {
		"ours_per_second": round(per_turn / result.ours * 1000, 1),
		"peer_per_second": round(per_turn / result.peer * 1000, 1),
		"workers": WORKERS,
	}
	return result


@contextmanager
def _server() -> Iterator[str]:
	base = f"http://127.0.0.1:{free_port()}"
	command = [
		sys.executable,
		"-m",
		"gunicorn",
		"--bind",
		base.removeprefix("http://"),
		"--workers",
		str(WORKERS),
	]
	# a cold worker on a busy machine would be ended by gunicorn in the middle of its first answer
	command += ["--timeout", "120", "--preload", "frappe.app:application"]
	process = subprocess.Popen(command, cwd=os.getcwd(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
	try:
		end = time.monotonic() + 60
		while True:
			try:
				ping = requests.get(
					f"{base}/api/method/ping", headers={"X-Frappe-Site-Name": frappe.local.site}, timeout=30
				)
				if ping.ok:
					break
			except requests.ConnectionError:
				if time.monotonic() > end:
					raise
				time.sleep(0.2)
		yield base
	finally:
		process.terminate()
		process.wait(timeout=20)
