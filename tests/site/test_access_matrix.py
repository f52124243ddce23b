"""Who may see and do what, tried over real HTTP: every DocType and every whitelisted function of the app × every door
× every kind of visitor. The expected answers are the tables in tests/access/."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import frappe
import pytest

from tests.access import callers, doors, functions, matrix
from tests.access.world import PERSONAS, SIDES, World
from tests.http_server import Client
from tests.portal_client import forget_rate_limits

APP = "support_service"
AT_ONCE = 6

ROWS = [
	pytest.param(doctype, row, cells, id=f"{doctype}-{row}")
	for doctype, table in matrix.TABLES.items()
	for row, cells in matrix.rows_of(table).items()
]
FUNCTIONS = [pytest.param(path, cells, id=path) for path, cells in functions.expected().items()]


def reached(
	tries: Iterable[tuple[str, str]], open_door: Callable[[str, str], bool], at_once: int
) -> dict[str, str]:
	"""Persona → sides it reaches."""
	tries = list(tries)
	with ThreadPoolExecutor(at_once) as pool:
		answers = (
			list(pool.map(lambda one: open_door(*one), tries))
			if at_once > 1
			else [open_door(*one) for one in tries]
		)
	opened: dict[str, str] = dict.fromkeys(PERSONAS, "")
	for (persona, side), answer in zip(tries, answers, strict=True):
		opened[persona] += side if answer else ""
	return opened


def differences(what: str, opened: dict[str, str], expected: dict[str, str]) -> list[str]:
	return [
		f"{what}: {persona} reaches {opened[persona] or '-'}, not {expected[persona] or '-'}"
		for persona in PERSONAS
		if opened[persona] != expected[persona]
	]


CELLS = [(persona, side) for persona in PERSONAS for side in SIDES]


@pytest.mark.parametrize(("doctype", "row", "expected"), ROWS)
def test_doctype(
	doctype: str,
	row: str,
	expected: dict[str, str],
	world: World,
	clients: dict[str, Client],
) -> None:
	wrong = []
	for probe in doors.DOORS[row]:

		def knock(persona: str, side: str, probe: doors.Probe = probe) -> bool:
			return probe(doors.Knock(clients[persona], world, persona, doctype, side))

		at_once = 1 if probe in doors.ONE_AT_A_TIME else AT_ONCE
		wrong += differences(probe.__name__, reached(CELLS, knock, at_once), expected)
	assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("path", "expected"), FUNCTIONS)
def test_function(
	path: str,
	expected: dict[str, str],
	world: World,
	clients: dict[str, Client],
) -> None:
	forget_rate_limits()
	opened = reached(
		CELLS, lambda persona, side: callers.lets_in(clients[persona], world, path, side), AT_ONCE
	)
	wrong = differences(path, opened, expected)
	assert not wrong, "\n".join(wrong)


def test_every_doctype_is_listed() -> None:
	modules = frappe.get_all("Module Def", filters={"app_name": APP}, pluck="name")
	doctypes = frappe.get_all("DocType", filters={"module": ["in", modules]}, pluck="name")
	assert doctypes, "the app is not installed on this site"
	assert set(doctypes) == set(matrix.TABLES) - matrix.FOREIGN, (
		"list every DocType in tests/access/matrix.py"
	)


def test_every_whitelisted_function_is_listed() -> None:
	assert callers.whitelisted() == set(functions.expected()), (
		"list every function in tests/access/functions.py"
	)
	assert set(functions.ARGUMENTS) == set(functions.expected())
