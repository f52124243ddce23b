"""Every guard is needed: without it, some cell of the access matrix opens.

A test that stays green without a guard would not notice that somebody removed it.
"""

import json
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import frappe
import pytest
from frappe.model.document import Document

from support_service import hooks
from support_service.permissions import named_links, portal_access, user_permissions
from support_service.permissions.documents import attached_file
from tests.access import callers, doors, functions, matrix
from tests.access.in_process import InProcessClient, clients_of
from tests.access.world import SIDES, World
from tests.platform import NO_OBJECTION, SIXTEEN
from tests.portal_client import forget_rate_limits

# hook → what it answers when it no longer guards, and a door it stands at
HOOKS: dict[str, tuple[Any, Callable[[doors.Knock], bool]]] = {
	"permission_query_conditions": ("", doors.resource_list),
	"has_permission": (NO_OBJECTION, doors.resource_document),
	"has_website_permission": (True, doors.print_view),
}
ROW_OF_DOOR = {doors.print_view: "print", doors.client_list_with_parent: "see rows"}

HOOK_GUARDS = [
	pytest.param(hook, doctype, path, id=f"{hook}-{doctype}")
	for hook in HOOKS
	for doctype, path in getattr(hooks, hook).items()
	# nobody of the world has User Permissions: test_user_permissions.py
	if doctype in matrix.TABLES
	and not path.startswith(user_permissions.__name__)
	# version 16 shows child rows by the hooks of their parent, and asks none of their own
	and not (SIXTEEN and doctype in matrix.PARENTS)
]
FUNCTION_GUARDS = [path for path in functions.expected() if path not in functions.OPEN_TO_ALL]


@pytest.fixture
def clients(site: str, world: World) -> Iterator[dict[str, InProcessClient]]:
	with clients_of(site, world.tokens) as inside:
		yield inside


def _shut(expected: dict[str, str]) -> list[tuple[str, str]]:
	"""Cells that must not open, those nearest to opening first: people with a role but the wrong record."""
	order = sorted(expected, key=lambda persona: (not expected[persona], persona in ("guest", "nobody")))
	return [(persona, side) for persona in order for side in SIDES if side not in expected[persona]]


@pytest.mark.parametrize(("hook", "doctype", "path"), HOOK_GUARDS)
def test_without_hook_a_door_opens(
	hook: str,
	doctype: str,
	path: str,
	world: World,
	clients: dict[str, InProcessClient],
	monkeypatch: pytest.MonkeyPatch,
) -> None:
	answer, probe = HOOKS[hook]
	if doctype in matrix.PARENTS:
		probe = doors.client_list_with_parent
	rows = matrix.rows_of(matrix.TABLES[doctype])
	row = ROW_OF_DOOR.get(probe, "see")
	cells = _shut(rows[row if row in rows else "list rows"])

	def opens(cell: tuple[str, str]) -> bool:
		persona, side = cell
		return probe(doors.Knock(clients[persona], world, persona, doctype, side))

	assert not any(opens(cell) for cell in cells), "a door is open with the guard in place"
	module, name = path.rsplit(".", 1)
	monkeypatch.setattr(import_module(module), name, lambda *args, **kwargs: answer)
	if not any(opens(cell) for cell in cells):
		# customers are stopped before it at doors that are not theirs
		monkeypatch.setattr(portal_access, "refuse", lambda: None)
		assert any(opens(cell) for cell in cells), f"nothing changes without {path}"


def test_without_hook_a_foreign_file_opens(
	world: World,
	clients: dict[str, InProcessClient],
	monkeypatch: pytest.MonkeyPatch,
) -> None:
	url, stranger = world.files["Engineer Visit", "a"], clients["customer_b"]

	def take() -> int:
		stranger.send("POST", "/api/resource/File", json={"file_url": url, "is_private": 1})
		return stranger.send("GET", url)[0]

	assert take() == 403
	monkeypatch.setattr(attached_file, "has_permission", lambda *args, **kwargs: NO_OBJECTION)
	# a customer is stopped before it, by the path they name
	monkeypatch.setattr(attached_file, "refuse", lambda: None)
	assert take() == 200


def test_without_hook_a_hidden_case_is_named(
	world: World,
	clients: dict[str, InProcessClient],
	monkeypatch: pytest.MonkeyPatch,
) -> None:
	path = f"/api/resource/Engineer Visit/{world.fresh('Engineer Visit', 'a')}"
	decision = {"coverage_decision": world.record("Coverage Decision", "b")}

	def name_it() -> int:
		return clients["engineer"].send("PUT", path, json=decision)[0]

	assert name_it() == 403
	monkeypatch.setattr(named_links, "has_permission", lambda *args, **kwargs: NO_OBJECTION)
	assert name_it() == 200


def test_without_hook_foreign_files_are_listed(
	world: World,
	clients: dict[str, InProcessClient],
	monkeypatch: pytest.MonkeyPatch,
) -> None:
	foreign, own = world.files["Service Request", "a"], world.files["Service Request", "b"]

	def listed() -> set[str]:
		filters = json.dumps([["file_url", "in", [foreign, own]]])
		_status, body = clients["other_engineer"].call(
			"frappe.client.get_list", doctype="File", filters=filters, fields='["file_url"]'
		)
		return {url for url in (foreign, own) if url in body}

	assert listed() == {own}
	monkeypatch.setattr(attached_file, "query", lambda *args, **kwargs: "")
	assert listed() == {foreign, own}


def test_every_hook_is_tried() -> None:
	assert {doctype for hook in HOOKS for doctype in getattr(hooks, hook)} <= {
		*matrix.TABLES,
		"File",
		"ToDo",
		"*",
	}


def _everything(*args: Any, **kwargs: Any) -> bool:
	return True


GET_LIST = frappe.get_list


def _all_rows(doctype: str, *args: Any, **kwargs: Any) -> list[Any]:
	return GET_LIST(doctype, *args, **{**kwargs, "ignore_permissions": True})


def _own_anyway(doctype: str, name: str | None, customers: Any = None) -> Document:
	return frappe.get_doc(doctype, name)


def _everybodys(*args: Any, **kwargs: Any) -> frozenset[str]:
	return frozenset(frappe.get_all("Customer", pluck="name"))


# checks a whitelisted function can make; one is taken out at a time
CHECKS: dict[str, tuple[str, Any]] = {
	"frappe.has_permission": ("frappe", _everything),
	"frappe.only_for": ("frappe", _everything),
	"frappe.get_list": ("frappe", _all_rows),
	"Document.check_permission": ("frappe.model.document.Document", _everything),
	"Document.has_permission": ("frappe.model.document.Document", _everything),
	"portal.find_own": ("support_service.customer_portal.pages", _own_anyway),
	# whose they are, for what is looked for among the customer's own
	"portal.own_customers": ("support_service.customer_portal.pages", _everybodys),
	# whose colleagues they are
	"people.require_managed": ("support_service.customer_portal.people", lambda customer: customer),
	"role_check.require_role": ("support_service.permissions.role_check", _everything),
	# whether a sender has the token of the source it names
	"proof.is_proven": ("support_service.service_intake.alerts.proof", _everything),
	# whose van it is
	"rights.leads": ("support_service.service_parts.vans.rights", _everything),
}


def _without(check: str, monkeypatch: pytest.MonkeyPatch) -> None:
	owner, stand_in = CHECKS[check]
	target = Document if owner.endswith(".Document") else import_module(owner)
	monkeypatch.setattr(target, check.rsplit(".", 1)[1], stand_in)


@pytest.mark.parametrize("path", FUNCTION_GUARDS)
def test_without_its_check_a_function_opens(
	path: str,
	world: World,
	clients: dict[str, InProcessClient],
	monkeypatch: pytest.MonkeyPatch,
) -> None:
	cells = _shut(functions.expected()[path])

	def opens(*checks: str) -> bool:
		forget_rate_limits()
		with monkeypatch.context() as patch:
			for check in checks:
				_without(check, patch)
			return any(
				callers.lets_in(clients[persona], world, path, side, may_break=True)
				for persona, side in cells
			)

	# all of them: two checks may cover each other
	assert any(opens(check) for check in CHECKS) or opens(*CHECKS), (
		f"{path} is shut for another reason than a check of its own"
	)
