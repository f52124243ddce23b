"""Fixtures shared by every test.

`tests/rules` needs no site. Everything else talks to the real ERPNext site named by SUPPORT_SERVICE_SITE on the
bench whose `sites` folder is the working directory (or SUPPORT_SERVICE_SITES_PATH). There is no fallback and no mock.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# how fast an example runs is the machine's load, not the code's fault
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

NEEDS_SITE = ("site", "browser", "faults")
WORKER = os.environ.get("PYTEST_XDIST_WORKER")
# What takes minutes begins first, else one worker is still at it while the others have nothing left to do.
BEGIN_WITH = ("browser/", "site/test_access_matrix")


def take_own_site(worker: str) -> None:
	"""Each worker of pytest-xdist (`gw0`, `gw1`, …) has a site, a server and a database of Redis to itself.

	`make test` lists the sites and addresses; Frappe reads the rest from the environment, before it is imported.
	"""
	number = int(worker.removeprefix("gw"))
	for name in ("SITE", "URL"):
		listed = os.environ.get(f"SUPPORT_SERVICE_{name}S", "").split()
		if len(listed) <= number:
			raise pytest.UsageError(
				f"{worker} has no {name.lower()} of its own: run `make test`, which makes them."
			)
		os.environ[f"SUPPORT_SERVICE_{name}"] = listed[number]
	for name in ("FRAPPE_REDIS_CACHE", "FRAPPE_REDIS_QUEUE"):
		if address := os.environ.get(name):
			os.environ[name] = f"{address}?db={number}"


if WORKER:
	take_own_site(WORKER)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
	"""Give every test outside tests/rules the connected site, without each file asking for it."""
	root = Path(__file__).parent
	items.sort(key=lambda item: not Path(item.fspath).relative_to(root).as_posix().startswith(BEGIN_WITH))
	for item in items:
		kind = Path(item.fspath).relative_to(root).parts[0]
		if kind in NEEDS_SITE and isinstance(item, pytest.Function):
			item.fixturenames.insert(0, "clean_transaction")
			item.fixturenames.insert(0, "site")


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
	"""Connect to the real site as Administrator; yields the site's name."""
	import frappe

	name = os.environ.get("SUPPORT_SERVICE_SITE")
	if not name:
		pytest.fail("Set SUPPORT_SERVICE_SITE to the test site, or run `make test`, which makes one.")
	frappe.init(name, sites_path=os.environ.get("SUPPORT_SERVICE_SITES_PATH", os.getcwd()))
	frappe.connect()
	frappe.set_user("Administrator")
	frappe.flags.in_test = True
	from tests import platform

	platform.begin()
	yield name
	frappe.destroy()


@pytest.fixture
def clean_transaction(site: str) -> Iterator[None]:
	"""Every test starts as Administrator in a fresh transaction and leaves nothing uncommitted behind."""
	import frappe

	frappe.db.rollback()
	frappe.set_user("Administrator")
	# ERPNext remembers for the rest of a request, by a document's number, whether stock moved after it; after a rollback
	# another test's document has the number
	frappe.local.future_sle = {}
	# In tests Frappe sends a notification's mail at once and commits for it, in the middle of what is tested;
	# elsewhere it leaves after the commit. tests/site/test_mail.py is about mail and takes this back.
	frappe.flags.mute_emails = True
	yield
	frappe.db.rollback()
	frappe.set_user("Administrator")
	frappe.local.lang = "en"
