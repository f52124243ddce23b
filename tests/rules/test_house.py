"""What the house keeps to, counted in its source: raw SQL, saves past permissions, the wiring in hooks.py, files and folders."""

import ast
import json
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
PACKAGE = REPO / "support_service"
PATCHES = PACKAGE / "patches"
MOST_RAW_SQL = 18
MOST_PAST_PERMISSIONS = 48
MOST_FILES = 30  # modules in one folder
MOST_LINES = 300
# events of ERPNext's and Frappe's documents; ours are sent by name in the source
EVENTS = re.compile(
	r"(before_|after_|on_)\w+|validate(_\w+)?|onload|autoname|before_erasure|new_version|agreed_anew|decided_anew"
)


@cache
def modules() -> dict[Path, ast.Module]:
	return {
		path: ast.parse(path.read_text())
		for path in sorted(PACKAGE.rglob("*.py"))
		if PATCHES not in path.parents
	}


def comment_lines(path: Path) -> set[int]:
	with path.open("rb") as file:
		return {
			token.start[0] for token in tokenize.tokenize(file.readline) if token.type == tokenize.COMMENT
		}


def raw_sql() -> Iterator[tuple[Path, ast.Call]]:
	"""Statements written as text and sent to the database."""
	for path, tree in modules().items():
		for node in ast.walk(tree):
			if (
				isinstance(node, ast.Call)
				and isinstance(node.func, ast.Attribute)
				and node.func.attr in ("sql", "multisql", "sql_list", "sql_ddl")
				and ast.unparse(node.func.value).rpartition(".")[2] in ("db", "connection")
			):
				yield path, node


def past_permissions() -> Iterator[tuple[Path, ast.AST]]:
	"""Calls with `ignore_permissions=True`, and flags set to it; handing a parameter on is no such place."""
	for path, tree in modules().items():
		for node in ast.walk(tree):
			if isinstance(node, ast.keyword) and node.arg == "ignore_permissions":
				if isinstance(node.value, ast.Constant) and node.value.value:
					yield path, node.value
			elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
				for target in node.targets:
					if isinstance(target, ast.Attribute) and target.attr == "ignore_permissions":
						yield path, node


def explained(path: Path, node: ast.AST) -> bool:
	"""A comment stands at the call or on the lines before it, or so at the constant that holds its statement."""
	return any(
		comment_lines(path) & set(range(first - 4, last + 3))
		for first, last in (_lines(node), *_text_of(path, node))
	)


def _lines(node: ast.AST) -> tuple[int, int]:
	return getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)


def _text_of(path: Path, node: ast.AST) -> Iterator[tuple[int, int]]:
	names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
	for statement in modules()[path].body:
		targets = statement.targets if isinstance(statement, ast.Assign) else []
		if names & {target.id for target in targets if isinstance(target, ast.Name)}:
			yield _lines(statement)


def place(path: Path, node: ast.AST) -> str:
	return f"{path.relative_to(REPO)}:{getattr(node, 'lineno', '?')}"


def test_raw_sql_is_rare_and_says_why() -> None:
	found = list(raw_sql())
	assert len(found) <= MOST_RAW_SQL, sorted(place(*one) for one in found)
	assert not [place(*one) for one in found if not explained(*one)]


def test_saves_past_permissions_are_few_and_say_why() -> None:
	found = list(past_permissions())
	assert len(found) <= MOST_PAST_PERMISSIONS, sorted(place(*one) for one in found)
	assert not [place(*one) for one in found if not explained(*one)]


def doc_events() -> ast.Dict:
	for node in ast.parse((PACKAGE / "hooks.py").read_text()).body:
		if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "doc_events":
			assert isinstance(node.value, ast.Dict)
			return node.value
	raise AssertionError("hooks.py has no doc_events")


def our_doctypes() -> set[str]:
	return {
		json.loads(path.read_text())["name"]
		for path in PACKAGE.glob("*/doctype/*/*.json")
		if path.stem == path.parent.name
	}


def test_each_doctype_has_one_entry() -> None:
	keys = [key.value if isinstance(key, ast.Constant) else ast.dump(key) for key in doc_events().keys if key]
	assert all(isinstance(key, str) for key in keys)
	assert [key for key, times in Counter(keys).items() if times > 1] == []


def test_handlers_of_erpnext_documents_are_named_after_their_event() -> None:
	"""The event's name, or the event and the DocType where one module listens to the same event of several."""
	wrong = []
	for key, value in zip(doc_events().keys, doc_events().values, strict=True):
		doctype = ast.literal_eval(key) if key else ""
		if doctype == "*" or doctype in our_doctypes():
			continue
		for event, paths in ast.literal_eval(value).items():
			for path in paths if isinstance(paths, list) else [paths]:
				name = path.rpartition(".")[2]
				if name not in (event, f"{event}_{doctype.lower().replace(' ', '_')}"):
					wrong.append(f"{doctype} {event}: {path}")
	assert not wrong


@pytest.mark.parametrize(
	"event", sorted({key for value in doc_events().values for key in ast.literal_eval(value)})
)
def test_events_are_events(event: str) -> None:
	"""A misspelled one would never be called."""
	assert EVENTS.fullmatch(event), event
	if event in ("new_version", "agreed_anew", "decided_anew"):
		assert any(f'"{event}"' in path.read_text() for path in modules() if path.name != "hooks.py")


def test_no_folder_holds_more_than_one_can_take_in() -> None:
	folders = Counter(path.parent for path in modules() if path.name != "__init__.py")
	assert {str(folder.relative_to(REPO)): n for folder, n in folders.items() if n > MOST_FILES} == {}


def test_every_room_has_a_readme() -> None:
	rooms = [path.parent for path in PACKAGE.glob("*/__init__.py")]
	without = {"locale", "templates", "www"}
	assert [
		room.name for room in rooms if room.name not in without and not (room / "README.md").exists()
	] == []


def test_readmes_name_files_that_exist() -> None:
	"""What stands in the first column of a table, in backticks."""
	wrong = []
	for readme in PACKAGE.rglob("README.md"):
		for line in readme.read_text().splitlines():
			if line.startswith("|"):
				first = line.split("|")[1]
				for name in re.findall(r"`([\w/.]+\.(?:py|js|html|json|css))`", first):
					if not (PACKAGE / name).exists() and not any(readme.parent.rglob(name)):
						wrong.append(f"{readme.relative_to(REPO)}: {name}")
	assert not wrong
