"""Locking reads go through foundation/locks.py, which takes rows as they are committed on every version of MariaDB."""

import ast
from pathlib import Path

import support_service

APP = Path(support_service.__file__).parent
WORDS = ("for update", "skip locked", "in share mode")


def _locks(function: ast.AST, statements: frozenset[str] = frozenset()) -> bool:
	"""Whether the function itself locks: a keyword or method `for_update`, SQL with the words for it, or one of `statements`."""
	for node in ast.walk(function):
		if isinstance(node, ast.Name) and node.id in statements:
			return True
		if isinstance(node, ast.keyword) and node.arg == "for_update":
			return True
		if isinstance(node, ast.Attribute) and node.attr == "for_update":
			return True
		if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith(WORDS):
			return True
	return False


def _statements(module: ast.Module) -> frozenset[str]:
	"""Names of the module's constants that hold SQL with the words for a lock."""
	return frozenset(
		target.id
		for node in module.body
		if isinstance(node, ast.Assign) and _locks(node)
		for target in node.targets
		if isinstance(target, ast.Name)
	)


def _asks_for_the_latest(function: ast.AST) -> bool:
	return any(
		isinstance(node, ast.Attribute) and ast.unparse(node) == "locks.latest" for node in ast.walk(function)
	)


def test_no_locking_read_is_made_anywhere_else():
	found = []
	for path in sorted(APP.rglob("*.py")):
		if path == APP / "foundation/locks.py":
			continue
		module = ast.parse(path.read_text())
		statements = _statements(module)
		for node in ast.walk(module):
			if (
				isinstance(node, ast.FunctionDef)
				and _locks(node, statements)
				and not _asks_for_the_latest(node)
			):
				found.append(f"{path.relative_to(APP)}::{node.name}")
	assert not found, f"use foundation/locks.py, or call locks.latest() first: {found}"


def test_a_locking_read_is_noticed():
	def found(source: str) -> bool:
		module = ast.parse(source)
		function = module.body[-1]
		return _locks(function, _statements(module)) and not _asks_for_the_latest(function)

	assert found("def f():\n\tfrappe.get_doc('A', 'b', for_update=True)")
	assert found("def f():\n\tquery.for_update(skip_locked=True).run()")
	assert found("def f():\n\tfrappe.db.sql('select 1 for update')")
	assert found("DUE = 'select 1 for update skip locked'\ndef f():\n\tfrappe.db.sql(DUE)")
	assert found("DUE = Packed(rest=f'from {TABLE} for update')\ndef f():\n\tread(DUE)")
	assert not found("DUE = 'select 1'\ndef f():\n\tfrappe.db.sql(DUE)")
	assert not found("def f():\n\tlocks.latest()\n\tfrappe.db.sql('select 1 for update')")
