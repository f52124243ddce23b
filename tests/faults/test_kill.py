"""kill -9 in the middle of a submit, at random instants: all or nothing, and repeating it draws the parts once.

Half of the instants hit a plain process, half the web worker that handles the request.
"""

import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import frappe
import psutil
import pytest
import requests

from tests import connections
from tests.effort import times
from tests.factories import make_installed_unit
from tests.faults.workers import fork_and_submit
from tests.faults.world import (
	assert_all_or_nothing,
	assert_drawn_once,
	assert_ledger_clean,
	make_engineers,
	make_serial_stock,
	make_visit,
	stock,
)

INSTANTS = times(few=10, many=25)
PASSWORD = "Test-pass-2026"


@pytest.fixture(scope="module")
def engineer(site):
	return make_engineers(1)[0]


@pytest.fixture(scope="module")
def unit(engineer):
	name = make_installed_unit(customer=engineer.customer).name
	frappe.db.commit()
	return name


def draws(engineer, unit, item, warehouse, number) -> str:
	part = {"item_code": item, "qty": 1, "warehouse": warehouse, "serial_nos": number}
	return make_visit(engineer, part, installed_unit=unit)


class Plain:
	"""Submits in a forked process."""

	def __init__(self, site: str, engineer) -> None:
		self.site, self.engineer = site, engineer

	def submit(self, visit: str) -> bool:
		pid = fork_and_submit(self.site, self.engineer.user, visit)
		return os.waitpid(pid, 0)[1] == 0

	def submit_and_kill(self, visit: str, after: float) -> None:
		pid = fork_and_submit(self.site, self.engineer.user, visit)
		time.sleep(after)
		os.kill(pid, signal.SIGKILL)
		os.waitpid(pid, 0)

	def close(self) -> None:
		pass


class Web:
	"""Submits through a real web server with one worker; its master replaces a killed worker."""

	def __init__(self, site: str, engineer) -> None:
		with socket.socket() as free:
			free.bind(("127.0.0.1", 0))
			self.port = free.getsockname()[1]
		self.server = subprocess.Popen(
			[
				*(sys.executable, "-m", "gunicorn", "--preload", "-w", "1", "-b", f"127.0.0.1:{self.port}"),
				*("--log-level", "critical", "frappe.app:application"),
			],
			cwd=Path(os.getcwd()),
			env={**os.environ, "SITES_PATH": os.getcwd()},
			stdout=subprocess.DEVNULL,
			stderr=subprocess.DEVNULL,
		)
		self.session = requests.Session()
		self.session.headers["X-Frappe-Site-Name"] = site
		self.session.headers["Accept"] = "application/json"
		self._call("/api/method/login", {"usr": engineer.user, "pwd": PASSWORD})

	def submit(self, visit: str) -> bool:
		return self._call("/api/method/frappe.client.submit", {"doc": self._doc(visit)}).ok

	def submit_and_kill(self, visit: str, after: float) -> None:
		doc = self._doc(visit)
		pid = os.fork()
		if not pid:
			try:
				self.session.post(
					self._url("/api/method/frappe.client.submit"), json={"doc": doc}, timeout=60
				)
			finally:
				os._exit(0)
		time.sleep(after)
		for worker in psutil.Process(self.server.pid).children():
			worker.kill()
		os.waitpid(pid, 0)

	def close(self) -> None:
		self.server.terminate()
		self.server.wait(20)

	def _doc(self, visit: str) -> str:
		frappe.db.rollback()
		return frappe.get_doc("Engineer Visit", visit).as_json()

	def _url(self, path: str) -> str:
		return f"http://127.0.0.1:{self.port}{path}"

	def _call(self, path: str, data: dict) -> requests.Response:
		"""Repeat until a worker answers, as a phone without coverage would."""
		for _attempt in range(120):
			try:
				return self.session.post(self._url(path), json=data, timeout=60)
			except requests.RequestException:
				time.sleep(0.5)
		raise AssertionError("The web server does not answer.")


@pytest.mark.parametrize("kind", [Plain, Web])
def test_killed_in_the_middle_of_a_submit(site, engineer, unit, kind):
	item, warehouse, numbers = make_serial_stock(INSTANTS + 2)
	submitter = kind(site, engineer)
	try:
		submitter.submit(draws(engineer, unit, item, warehouse, numbers.pop()))  # fills the caches
		whole = duration(
			lambda visit: submitter.submit(visit), draws(engineer, unit, item, warehouse, numbers.pop())
		)
		halves = 0
		for left, number in enumerate(reversed(numbers)):
			visit = draws(engineer, unit, item, warehouse, number)
			known = connections.open_now()
			submitter.submit_and_kill(visit, random.uniform(0, whole * 1.05))
			connections.wait_for_end(known)
			halves += not assert_all_or_nothing(visit)
			assert submitter.submit(visit)
			assert_drawn_once(visit, engineer.user)
			assert stock(item, warehouse) == len(numbers) - left - 1
		assert halves > INSTANTS / 5, "hardly any submit was interrupted; the instants are badly chosen"
	finally:
		submitter.close()
	assert_ledger_clean(item, warehouse)


def duration(submit, visit: str) -> float:
	started = time.monotonic()
	assert submit(visit)
	return time.monotonic() - started
