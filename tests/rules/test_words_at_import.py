"""Nothing is translated where it would stay in the language of whoever came first: at import, or with a form's connections."""

import ast
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "support_service"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def run_at_import(node: ast.AST) -> Iterator[ast.AST]:
	"""What Python computes when it imports a module: all but the bodies of functions."""
	for child in ast.iter_child_nodes(node):
		if isinstance(child, FUNCTIONS):
			arguments = child.args
			computed = [*arguments.defaults, *arguments.kw_defaults, *getattr(child, "decorator_list", [])]
			for expression in filter(None, computed):
				yield from ast.walk(expression)
		else:
			yield child
			yield from run_at_import(child)


def translates(node: ast.AST) -> bool:
	return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "_"


def found(source: str, name: str) -> list[int]:
	tree = ast.parse(source)
	nodes = ast.walk(tree) if name.endswith("_dashboard.py") else run_at_import(tree)
	return [node.lineno for node in nodes if translates(node)]


def test_the_rule_finds_what_it_forbids():
	assert found('LABELS = (_("Work"),)', "a.py") == [1]
	assert found('def f(label=_("Work")): ...', "a.py") == [1]
	assert found('def f(): return _("Work")', "a.py") == []
	assert found('def get_data(): return _("Work")', "a_dashboard.py") == [1]


def test_nothing_is_translated_for_all_readers_at_once():
	places = {
		str(path.relative_to(PACKAGE)): lines
		for path in PACKAGE.rglob("*.py")
		if (lines := found(path.read_text(), path.name))
	}
	assert not places
