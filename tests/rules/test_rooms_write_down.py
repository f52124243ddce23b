"""No room writes a document of a room above it, also not by its name in a string.

import-linter sees imports; a DocType named in a string it does not. So the source is read for calls that write: the DocType is
found where it stands in the call, in a constant of the module, or in one that the module imports.
"""

import ast
import json
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

REPO = Path(__file__).resolve().parents[2]
PACKAGE = REPO / "support_service"
# by its first argument, a DocType, a dict with `doctype`, or a table of the query builder
WRITES = frozenset(
	{
		"set_value",
		"set_single_value",
		"bulk_update",
		"delete",
		"delete_doc",
		"new_doc",
		"insert",
		"update",
		"into",
		"truncate",
		"rename_doc",
		"append",
	}
)
# get_doc of a dict makes a document; of a name it may only read it
MAKES = frozenset({"get_doc"})
# by the document it is called on
SAVES = frozenset({"save", "insert", "submit", "cancel", "delete", "db_set", "db_insert", "db_update"})
# what begins with one of these stands above all rooms: setting up, taking away, showing
ABOVE_ALL = frozenset({"demo", "setup", "install", "uninstall", "patches", "www", "renamed", "hooks"})


class Write(NamedTuple):
	module: str
	line: int
	call: str
	doctype: str


def layers() -> list[set[str]]:
	"""Rooms by layer, the lowest first."""
	contracts = tomllib.loads((REPO / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
	of_rooms = next(contract["layers"] for contract in contracts if contract["name"].startswith("Rooms"))
	found = [{name.strip(" ()").rpartition(".")[2] for name in layer.split("|")} for layer in of_rooms]
	return found[::-1]


def height() -> dict[str, int]:
	return {room: level for level, rooms in enumerate(layers()) for room in rooms}


@cache
def doctypes() -> dict[str, str]:
	"""DocType → its room."""
	found = {}
	for path in PACKAGE.glob("*/doctype/*/*.json"):
		content = json.loads(path.read_text())
		if content.get("doctype") == "DocType":
			found[content["name"]] = path.relative_to(PACKAGE).parts[0]
	return found


@cache
def trees() -> dict[str, ast.Module]:
	return {
		".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): ast.parse(
			path.read_text()
		)
		for path in sorted(PACKAGE.rglob("*.py"))
	}


@cache
def own_constants(module: str) -> dict[str, str]:
	"""Names of strings at the top of a module."""
	found: dict[str, str] = {}
	for node in trees()[module].body if module in trees() else ():
		if isinstance(node, ast.Assign):
			for target in node.targets:
				pairs = (
					zip(target.elts, node.value.elts, strict=False)
					if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple)
					else [(target, node.value)]
				)
				for name, value in pairs:
					text = value.value if isinstance(value, ast.Constant) else None
					if isinstance(name, ast.Name) and isinstance(text, str):
						found[name.id] = text
	return found


@cache
def constants(module: str) -> dict[str, str]:
	"""Own ones, imported ones, and `other.NAME` of imported modules."""
	found = dict(own_constants(module))
	for node in ast.walk(trees()[module]):
		if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("support_service"):
			source = (node.module or "").removeprefix("support_service").lstrip(".")
			for alias in node.names:
				name = alias.asname or alias.name
				if alias.name in own_constants(source):
					found[name] = own_constants(source)[alias.name]
				whole = f"{source}.{alias.name}".lstrip(".")
				found |= {f"{name}.{key}": value for key, value in own_constants(whole).items()}
	return found


def text_of(node: ast.expr, known: dict[str, str]) -> str | None:
	if isinstance(node, ast.Constant) and isinstance(node.value, str):
		return node.value
	if isinstance(node, ast.Name):
		return known.get(node.id)
	if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
		return known.get(f"{node.value.id}.{node.attr}")
	if isinstance(node, ast.Dict):
		for key, value in zip(node.keys, node.values, strict=True):
			if isinstance(key, ast.Constant) and key.value == "doctype":
				return text_of(value, known)
	if isinstance(node, ast.Call) and node.args and called(node) in ("DocType", "Table"):
		return text_of(node.args[0], known)
	return None


def called(node: ast.Call) -> str:
	return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def named_by_call(node: ast.expr, known: dict[str, str]) -> str | None:
	"""The DocType of `frappe.qb.DocType(…)`, `frappe.get_doc(…)` and the like."""
	if isinstance(node, ast.Call) and node.args and called(node) in ("DocType", "Table", *MAKES, "new_doc"):
		return text_of(node.args[0], known)
	return None


def locals_of(tree: ast.AST, known: dict[str, str]) -> dict[str, str]:
	"""Names of tables and documents: `clock = frappe.qb.DocType("Service Clock")`."""
	return {
		target.id: found
		for node in ast.walk(tree)
		if isinstance(node, ast.Assign) and (found := named_by_call(node.value, known))
		for target in node.targets
		if isinstance(target, ast.Name)
	}


def written(node: ast.Call, known: dict[str, str], held: dict[str, str]) -> str | None:
	"""The DocType that the call writes, as far as the source says it."""
	call = called(node)
	if call in SAVES and isinstance(node.func, ast.Attribute):
		document = node.func.value
		by_name = held.get(document.id) if isinstance(document, ast.Name) else None
		if doctype := by_name or named_by_call(document, known):
			return doctype
	if not node.args:
		return None
	first = node.args[0]
	if call in WRITES or (call in MAKES and isinstance(first, ast.Dict)):
		return text_of(first, {**held, **known})
	return None


def writes(module: str) -> Iterator[Write]:
	"""Function by function: a name means another document in another one."""
	known = constants(module)
	seen: set[ast.Call] = set()
	functions = [node for node in ast.walk(trees()[module]) if isinstance(node, ast.FunctionDef)]
	for scope in (*functions, trees()[module]):
		held = locals_of(scope, known) if isinstance(scope, ast.FunctionDef) else {}
		for node in ast.walk(scope):
			doctype = written(node, known, held) if isinstance(node, ast.Call) else None
			if isinstance(node, ast.Call) and doctype in doctypes() and node not in seen:
				seen.add(node)
				yield Write(module, node.lineno, called(node), doctype or "")


def upward(modules: Iterable[str]) -> list[Write]:
	levels = height()
	return [
		write
		for module in modules
		if (room := module.partition(".")[0]) in levels and room not in ABOVE_ALL
		for write in writes(module)
		if levels[doctypes()[write.doctype]] > levels[room]
	]


def test_no_room_writes_a_document_of_a_room_above_it() -> None:
	assert not upward(trees())


def test_every_doctype_belongs_to_a_layered_room() -> None:
	assert set(doctypes().values()) <= set(height())


@pytest.mark.parametrize(
	("room", "source", "doctype"),
	[
		(
			"service_level",
			'frappe.db.set_value("Service Request", "SR-1", "status", "New")',
			"Service Request",
		),
		("service_charging", 'VISIT = "Engineer Visit"\nfrappe.db.bulk_update(VISIT, {})', "Engineer Visit"),
		(
			"support_service",
			'frappe.get_doc("Service Survey", "S-1").db_set("status", "x")',
			"Service Survey",
		),
		(
			"support_service",
			'def act():\n\tone = frappe.get_doc("Service Survey", 1)\n\tone.save()',
			"Service Survey",
		),
		("support_service", 'frappe.get_doc({"doctype": "Service Survey"}).insert()', "Service Survey"),
		("support_service", 'A, B = "x", "Coverage Decision"\nfrappe.db.delete(B, {})', "Coverage Decision"),
		(
			"installed_base",
			'def act():\n\tclock = frappe.qb.DocType("Service Clock")\n\tfrappe.qb.update(clock).run()',
			"Service Clock",
		),
		(
			"service_coverage",
			"from support_service.service_charging.decision.store import DECISION\nfrappe.new_doc(DECISION)",
			"Coverage Decision",
		),
		(
			"service_coverage",
			"from support_service.service_charging.decision import store\nrows.insert(store.DECISION, [])",
			"Coverage Decision",
		),
	],
)
def test_such_a_write_would_be_found(
	room: str, source: str, doctype: str, monkeypatch: pytest.MonkeyPatch
) -> None:
	module = f"{room}.made_up"
	monkeypatch.setitem(trees(), module, ast.parse(source))
	own_constants.cache_clear()
	constants.cache_clear()
	found = [write.doctype for write in upward([module])]
	own_constants.cache_clear()
	constants.cache_clear()
	assert set(found) == {doctype}


@pytest.mark.parametrize(
	"source",
	[
		'frappe.get_doc("Engineer Visit", "EV-1")',
		'frappe.get_all("Coverage Decision", pluck="name")',
		'frappe.db.set_value("Service Clock", "C-1", "stale", 1)',
	],
)
def test_reading_and_writing_downwards_is_fine(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
	monkeypatch.setitem(trees(), "support_service.made_up", ast.parse(source))
	own_constants.cache_clear()
	constants.cache_clear()
	found = upward(["support_service.made_up"])
	own_constants.cache_clear()
	constants.cache_clear()
	assert not found
