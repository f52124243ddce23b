"""Print the modules under a folder that import neither Frappe nor ERPNext: the ones mypy checks strictly."""

import ast
import sys
from pathlib import Path

PLATFORM = {"frappe", "erpnext"}
NOT_CODE = {"hooks.py", "__init__.py"}


def imported_roots(source: str) -> set[str]:
	"""Top-level packages that `source` imports anywhere, functions included."""
	roots = set()
	for node in ast.walk(ast.parse(source)):
		if isinstance(node, ast.Import):
			roots.update(alias.name.split(".")[0] for alias in node.names)
		elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
			roots.add(node.module.split(".")[0])
	return roots


def main(folder: Path) -> None:
	for path in sorted(folder.rglob("*.py")):
		if path.name not in NOT_CODE and not imported_roots(path.read_text()) & PLATFORM:
			print(path.relative_to(folder.parent))


main(Path(sys.argv[1]))
