"""Locking reads go through foundation/locks.py, which takes rows as they are committed on every version of MariaDB."""

import ast
from pathlib import Path

import support_service

APP = Path(support_service.__file__).parent
WORDS = ("for update", "in share mode")


def _locks(function: ast.AST) -> bool:
	"""Whether the function itself locks: a keyword or method `for_update`, or SQL with the words for it."""
	for node in ast.walk(function):
		if isinstance(node, ast.keyword) and node.arg == "for_update":
			return True
		if isinstance(node, ast.Attribute) and node.attr == "for_update":
			return True
		if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith(WORDS):
			return True
	return False


def _asks_for_the_latest(function: ast.AST) -> bool:
	return any(
		isinstance(node, ast.Attribute) and ast.unparse(node) == "locks.latest" for node in ast.walk(function)
	)


def test_no_locking_read_is_made_anywhere_else():
	found = []
	for path in sorted(APP.rglob("*.py")):
		if path == APP / "foundation/locks.py":
			continue
		for node in ast.walk(ast.parse(path.read_text())):
			if isinstance(node, ast.FunctionDef) and _locks(node) and not _asks_for_the_latest(node):
				found.append(f"{path.relative_to(APP)}::{node.name}")
	assert not found, f"use foundation/locks.py, or call locks.latest() first: {found}"


def test_a_locking_read_is_noticed():
	def found(source: str) -> bool:
		function = ast.parse(source).body[0]
		return _locks(function) and not _asks_for_the_latest(function)

	assert found("def f():\n\tfrappe.get_doc('A', 'b', for_update=True)")
	assert found("def f():\n\tquery.for_update(skip_locked=True).run()")
	assert found("def f():\n\tfrappe.db.sql('select 1 for update')")
	assert not found("def f():\n\tlocks.latest()\n\tfrappe.db.sql('select 1 for update')")
