"""A name that is given to a whitelisted function is a link, too."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import frappe
import pytest

from tests import factories
from tests.access import callers, functions
from tests.access import named_by_functions as table
from tests.access.world import MAKERS, World
from tests.http_server import Client
from tests.portal_client import forget_rate_limits

# what `functions.ARGUMENTS` asks a side for
KEYS = (
	*MAKERS,
	"customer",
	"team",
	"engineer",
	"engineer_user",
	"van",
	"item",
	"company",
	"warehouse",
	"issue",
	"resolved",
	"delivery_note",
	"own_file",
	"marked_file",
	"invoice",
	"customer_user",
	"delivery_note",
)


def _parameters(path: str) -> list[str]:
	return list(inspect.signature(inspect.unwrap(frappe.get_attr(path))).parameters)


def test_every_parameter_is_listed() -> None:
	"""From the functions themselves: a new parameter must be said to name a document, or not to."""
	tried = {*table.FURTHER, *table.PORTAL, *table.NOTHING_TO_REFUSE}
	missing, seen = [], set()
	for path in callers.whitelisted():
		parameters = _parameters(path)
		unknown = set(parameters) - table.NAMES - table.PLAIN
		assert not unknown, f"{path}: say in named_by_functions.py whether {unknown} name a document"
		all_naming = [name for name in parameters if name in table.NAMES]
		seen |= {(table.short(path), name) for name in all_naming}
		naming = [name for name in all_naming if (table.short(path), name) not in table.NOTHING_TO_REFUSE]
		# what it is asked about first is tried with both sides' records by the access matrix
		asked = functions.ARGUMENTS[path](dict.fromkeys(KEYS, "x"))
		first = next((name for name in naming if name in asked), None)
		missing += [
			(table.short(path), name)
			for name in naming
			if name != first and (table.short(path), name) not in tried
		]
	assert not missing
	assert tried <= seen


def _sides(world: World) -> tuple[dict[str, str], dict[str, str]]:
	own, foreign = dict(world.sides["a"]), dict(world.sides["b"])
	for side in (own, foreign):
		values = {"doctype": "Contact", "first_name": factories.unique("Contact")}
		links = [{"link_doctype": "Customer", "link_name": own["customer"]}]
		side["contact"] = frappe.get_doc({**values, "links": links}).insert().name
	return own, foreign


def _call(persona: str, world: World, path: str, arguments: dict[str, Any]) -> bool:
	"""Whether the caller was refused for want of permission; what else goes wrong does not matter here."""
	frappe.set_user(world.users[persona])
	frappe.db.savepoint("before_call")
	try:
		frappe.call(frappe.get_attr(path), **arguments)
	except frappe.PermissionError:
		return True
	except frappe.ValidationError:
		return False
	finally:
		frappe.db.rollback(save_point="before_call")
		frappe.set_user("Administrator")
	return False


@pytest.fixture
def user_permissions_as_before() -> Iterator[None]:
	"""They are rolled back in the database; the cache in Redis is not."""
	yield
	frappe.db.rollback()
	frappe.cache.delete_value("user_permissions")


@pytest.mark.usefixtures("user_permissions_as_before")
@pytest.mark.parametrize("key", table.FURTHER, ids=lambda key: "-".join(key))
def test_a_further_name_must_be_seen(key: tuple[str, str], world: World) -> None:
	case, path = table.FURTHER[key], table.path_of(key[0])
	own, foreign = _sides(world)
	if case.doctype and case.other:
		assert not _call(case.persona, world, path, case.arguments(own, foreign)), (
			"refused for another reason"
		)
		frappe.get_doc(
			{
				"doctype": "User Permission",
				"user": world.users[case.persona],
				"allow": case.doctype,
				"for_value": own[case.other],
				"apply_to_all_doctypes": 0,
				"applicable_for": case.doctype,
			}
		).insert()
	else:
		assert not _call(case.persona, world, path, case.arguments(own, own)), "refused for another reason"
	assert _call(case.persona, world, path, case.arguments(own, foreign))


@pytest.mark.parametrize("key", table.PORTAL, ids=lambda key: "-".join(key))
def test_a_customer_names_only_their_own(
	key: tuple[str, str], world: World, clients: dict[str, Client]
) -> None:
	forget_rate_limits()
	path, own, foreign = table.path_of(key[0]), world.sides["a"], world.sides["b"]
	arguments: Callable[..., dict[str, Any]] = table.PORTAL[key]
	how = "GET" if path in functions.GET else "POST"
	refused, _body = clients["customer_a"].call(path, how, **arguments(own, foreign))
	assert 400 <= refused < 500
	if key[1] != "decision":  # no charge is open in the world
		status, body = clients["customer_a"].call(path, how, **arguments(own, own))
		assert status in (200, 201), body[-300:]  # 201: the API has made something
