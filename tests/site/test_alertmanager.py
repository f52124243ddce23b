"""Prometheus Alertmanager itself sends its webhook: what it writes, and what becomes of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import frappe
import pytest
import requests

from support_service.service_intake.alerts import process
from tests.http_server import Server, http_server  # noqa: F401 - a fixture
from tests.site import alertmanager
from tests.site.alert_world import RECEIVE, cases_of, make_source, rows_of


def until(what: Callable[[], object], seconds: int = 60) -> object:
	end = time.monotonic() + seconds
	while time.monotonic() < end:
		frappe.db.rollback()
		process.work_due()
		if found := what():
			return found
		time.sleep(0.3)
	raise AssertionError("nothing came from Alertmanager")


def forwarder(server: Server) -> ThreadingHTTPServer:
	"""Alertmanager cannot name the site in a header, as a proxy in front of a bench does."""

	class Handler(BaseHTTPRequestHandler):
		def do_POST(self) -> None:
			body = self.rfile.read(int(self.headers["Content-Length"]))
			headers = {
				name: self.headers[name] for name in ("Content-Type", "Authorization") if self.headers[name]
			}
			headers["X-Frappe-Site-Name"] = server.site
			answer = requests.post(server.base_url + self.path, data=body, headers=headers, timeout=60)
			self.send_response(answer.status_code)
			self.end_headers()
			self.wfile.write(answer.content)

		def log_message(self, *_words: object) -> None:
			pass

	made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
	Thread(target=made.serve_forever, daemon=True).start()
	return made


@pytest.mark.skipif(
	not alertmanager.program(), reason="no prometheus-alertmanager here: dev/alertmanager unpacks it"
)
def test_what_alertmanager_sends_opens_and_closes_a_request(http_server: Server, tmp_path: Path):  # noqa: F811
	source = make_source(on_resolve="Close the Request")
	frappe.db.commit()
	proxy = forwarder(http_server)
	url = f"http://127.0.0.1:{proxy.server_address[1]}{RECEIVE}?source={source.name}"
	labels = {"alertname": "DiskFull", "instance": "host-7", "severity": "critical"}
	alert = {
		"labels": labels,
		"annotations": {"summary": "Disk of host-7 is full"},
		"generatorURL": "http://prometheus.example.com/",
	}
	try:
		with alertmanager.running(tmp_path, url, source.flags.token) as address:
			began = datetime.now(UTC) - timedelta(minutes=1)
			sent = {**alert, "startsAt": began.isoformat()}
			requests.post(f"{address}/api/v2/alerts", json=[sent], timeout=10).raise_for_status()
			[case] = until(lambda: cases_of(source.name))
			assert frappe.db.get_value("Service Request", case, ["subject", "channel"]) == (
				"Disk of host-7 is full",
				"Monitoring",
			)
			over = {**sent, "endsAt": datetime.now(UTC).isoformat()}
			requests.post(f"{address}/api/v2/alerts", json=[over], timeout=10).raise_for_status()
			until(lambda: [row for row in rows_of(source.name) if row.progress == "Done"])
	finally:
		proxy.shutdown()
	assert frappe.db.get_value("Service Request", case, "status") == "Cancelled"
	[row] = rows_of(source.name)
	assert row.state == "Resolved" and row.deliveries >= 2
