"""Finding and calling the app's whitelisted functions."""

import importlib
import pkgutil

import frappe

import support_service
from tests.access import functions
from tests.access.doors import REFUSED
from tests.access.world import World
from tests.http_server import Client

TOO_MANY = 429


def whitelisted() -> set[str]:
	"""Dotted paths of every whitelisted function and controller method in the package, imported module by module."""
	for module in pkgutil.walk_packages(support_service.__path__, "support_service."):
		importlib.import_module(module.name)
	return {
		f"{function.__module__}.{function.__qualname__}"
		for function in frappe.whitelisted
		if function.__module__.split(".")[0] == "support_service"
	}


def lets_in(client: Client, world: World, path: str, side: str, *, may_break: bool = False) -> bool:
	"""Call `path` with the records of `side`; whether the caller got past its permission check.

	may_break: an error after that check counts as having got past it.
	"""
	arguments = functions.ARGUMENTS[path](world.sides[side])
	if path in functions.IN_ADDRESS:
		status, body = client.send("POST", f"/api/method/{path}", params=arguments, json={})
	else:
		status, body = client.call(path, "GET" if path in functions.GET else "POST", **arguments)
	if may_break and status >= 500:
		return True
	if status >= 500 or status == TOO_MANY:
		raise AssertionError(f"{path} broke: {status} {body[:500]}")
	if path in functions.SHOWS:
		return status == 200 and world.record(functions.SHOWS[path], side) in body
	return status not in REFUSED
