"""A real Chromium against a real server of the test site.

`CHROMIUM` names the browser (default Debian's), `ARTIFACTS` the folder that takes screenshots (default `artifacts`
beside `tests`). A page that fails is photographed too.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import frappe
import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests import factories
from tests.clocks import real_clock
from tests.http_server import free_port

# how long a page takes is the machine's load, not the page's fault
expect.set_options(timeout=45_000)

PASSWORD = "Test-pass-2026"
DESKTOP = {"width": 1366, "height": 900}
PHONE = {"width": 390, "height": 844}
CHROMIUM_FLAGS = (
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
)
START_SECONDS = 90
# Under another clock (CLOCK, see CONTRIBUTING.md) the browser itself keeps the real one, as its start would take minutes;
# what its pages take for now is the tests' time.
CLOCK_SHIFT = int(os.environ.get("FAKETIME") or 0)
SHIFTED_DATE = """{
	const shift = %d;
	const now = () => RealDate.now() + shift;
	const RealDate = Date;
	window.Date = new Proxy(RealDate, {
		construct: (target, given, made) => Reflect.construct(target, given.length ? given : [now()], made),
		apply: () => new RealDate(now()).toString(),
		get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
	});
}"""


@pytest.fixture(scope="session")
def screenshots() -> Path:
	"""Folder for screenshots."""
	folder = Path(os.environ.get("ARTIFACTS") or Path(__file__).parents[2] / "artifacts") / "screenshots"
	folder.mkdir(parents=True, exist_ok=True)
	return folder


@pytest.fixture(scope="session")
def web_server(site: str) -> Iterator[str]:
	"""The bench's own gunicorn with Frappe's application and its static files; yields the base address."""
	address = f"127.0.0.1:{free_port()}"
	sites = os.environ.get("SUPPORT_SERVICE_SITES_PATH", os.getcwd())
	command = [sys.executable, "-m", "gunicorn", "--bind", address, "--workers", "1", "--threads", "8"]
	command += ["--timeout", "180", "frappe.app:application_with_statics()"]
	with tempfile.TemporaryFile() as log:
		process = subprocess.Popen(command, cwd=sites, stdout=log, stderr=subprocess.STDOUT)
		try:
			_wait_for(f"http://{address}", site, process)
			yield f"http://{address}"
		finally:
			process.terminate()
			process.wait(timeout=30)


def _wait_for(base_url: str, site: str, process: subprocess.Popen) -> None:
	end = time.monotonic() + START_SECONDS
	while time.monotonic() < end and process.poll() is None:
		try:
			ping = f"{base_url}/api/method/ping"
			if requests.get(ping, headers={"X-Frappe-Site-Name": site}, timeout=30).ok:
				return
		except requests.ConnectionError:
			time.sleep(0.3)
	pytest.fail(f"The web server at {base_url} did not answer. Is the bench complete and Redis running?")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
	executable = os.environ.get("CHROMIUM", "/usr/bin/chromium")
	if not Path(executable).exists():
		pytest.fail(f"There is no browser at {executable}. Install Debian's chromium, or set CHROMIUM.")
	with sync_playwright() as playwright:
		chromium = playwright.chromium.launch(
			executable_path=executable, args=list(CHROMIUM_FLAGS), env=real_clock()
		)
		yield chromium
		chromium.close()


@pytest.fixture
def mail_account(site: str) -> Iterator[None]:
	"""A default outgoing account: without one no invitation leaves."""
	account = factories.make_email_account()
	frappe.db.commit()
	yield
	frappe.db.rollback()
	frappe.delete_doc("Email Account", account.name, force=True)
	frappe.db.commit()


@pytest.fixture
def open_as(
	browser: Browser, web_server: str, site: str, screenshots: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Page]]:
	"""`open_as(user, phone=False)`: a page in a browser of its own, logged in through the log-in form's own call; without a
	user a guest's. language: of the guest's browser.

	A page error (an exception in any script) fails the test at its end.
	"""
	contexts: list[BrowserContext] = []
	errors: list[str] = []

	def open_page(user: str | None, *, phone: bool = False, language: str = "en") -> Page:
		context = browser.new_context(
			base_url=web_server,
			locale=language,
			viewport=PHONE if phone else DESKTOP,
			is_mobile=phone,
			has_touch=phone,
			# one server serves every site of the bench; the header says which, as a proxy in front of it does
			extra_http_headers={"X-Frappe-Site-Name": site},
		)
		context.set_default_timeout(45_000)
		if CLOCK_SHIFT:
			context.add_init_script(SHIFTED_DATE % (CLOCK_SHIFT * 1000))
		contexts.append(context)
		if user:
			answer = context.request.post("/api/method/login", form={"usr": user, "pwd": PASSWORD})
			assert answer.ok, f"{user} cannot log in: {answer.text()[:300]}"
		page = context.new_page()
		page.on("pageerror", lambda error: errors.append(f"{page.url}: {error.stack or error}"))
		return page

	yield open_page
	failed = getattr(request.node, "failed_call", False)
	for number, context in enumerate(contexts):
		if failed:
			for page in context.pages:
				page.screenshot(path=screenshots / f"FAILED-{request.node.name}-{number}.png")
		context.close()
	if not failed:
		assert not errors, errors


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
	"""Remember on the test itself that its call failed, for the fixtures that end after it."""
	outcome = yield
	report = outcome.get_result()
	if report.when == "call" and report.failed:
		item.failed_call = True
