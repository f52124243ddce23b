"""Session fixtures shared by the access tests: imported once here, else every module would build its own world."""

from tests.access.fixtures import clients, http_server, world

__all__ = ["clients", "http_server", "world"]
