"""Session fixtures of the access tests; import them where they are used."""

import frappe
import pytest

from tests.access.world import PERSONAS, World, build
from tests.http_server import Client, Server, http_server

__all__ = ["clients", "http_server", "world"]

# several visitors ask at once; the database may end one of two transactions, and that visitor asks again
DEADLOCKS = 10


@pytest.fixture(scope="session")
def world(site: str) -> World:
	"""Built once; every record is committed and stays on the test site."""
	frappe.set_user("Administrator")
	return build()


@pytest.fixture(scope="session")
def clients(http_server: Server, world: World) -> dict[str, Client]:
	"""One client per persona."""
	return {persona: http_server.client(world.tokens[persona], tries=DEADLOCKS) for persona in PERSONAS}
