"""The house itself: every room has its layer, every path in hooks.py leads somewhere, nothing names a machine."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
PACKAGE = REPO / "support_service"
NOT_LAYERED = {f"support_service.{name}" for name in ("locale", "patches", "templates", "www")}
MACHINE = re.compile(r"/(?:root|work)/|/tmp/[a-z]|registry\.npm|registry\.yarn|pypi\.org/simple")


def contracts() -> list[dict]:
	return tomllib.loads((REPO / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]


def text_files() -> Iterator[Path]:
	for folder in ("support_service", "dev", "tests", "docs", "benchmarks", ".github"):
		for path in sorted((REPO / folder).rglob("*")):
			if "__pycache__" in path.parts or path == Path(__file__).resolve() or not path.is_file():
				continue
			if path.suffix in {".py", ".js", ".json", ".md", ".sh", ".yml", ""}:
				yield path


def test_every_package_has_a_layer() -> None:
	layers = {
		name.strip(" ()")
		for contract in contracts()
		if contract["type"] == "layers"
		for layer in contract["layers"]
		for name in layer.split("|")
	}
	packages = {f"support_service.{path.parent.name}" for path in PACKAGE.glob("*/__init__.py")}
	assert packages - NOT_LAYERED <= layers


def test_every_module_of_the_site_is_a_room() -> None:
	for module in (PACKAGE / "modules.txt").read_text().splitlines():
		folder = PACKAGE / module.lower().replace(" ", "_")
		assert (folder / "__init__.py").exists(), module


def test_every_path_in_hooks_leads_to_something() -> None:
	tree = ast.parse((PACKAGE / "hooks.py").read_text())
	paths = {
		node.value
		for node in ast.walk(tree)
		if isinstance(node, ast.Constant)
		and isinstance(node.value, str)
		and re.fullmatch(r"support_service(\.\w+){2,}", node.value)
	}
	assert paths
	missing = [path for path in sorted(paths) if not defined(path)]
	assert not missing


def defined(path: str) -> bool:
	module, _, name = path.rpartition(".")
	file = REPO / Path(*module.split(".")).with_suffix(".py")
	file = file if file.exists() else REPO.joinpath(*module.split("."), "__init__.py")
	if not file.exists():
		return False
	found: set[str] = set()
	for node in ast.parse(file.read_text()).body:
		if isinstance(node, ast.FunctionDef | ast.ClassDef):
			found.add(node.name)
		elif isinstance(node, ast.Assign):
			targets = [name for target in node.targets for name in getattr(target, "elts", [target])]
			found.update(target.id for target in targets if isinstance(target, ast.Name))
		elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
			found.add(node.target.id)
		elif isinstance(node, ast.ImportFrom | ast.Import):
			found.update(alias.asname or alias.name for alias in node.names)
	return name in found


def test_hooks_hold_paths_only() -> None:
	tree = ast.parse((PACKAGE / "hooks.py").read_text())
	assert not [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.For)]


@pytest.mark.parametrize("folder", ["support_service", "dev", "tests", "docs"])
def test_no_file_names_a_machine_or_a_registry(folder: str) -> None:
	found = [
		str(path.relative_to(REPO))
		for path in text_files()
		if path.relative_to(REPO).parts[0] == folder and MACHINE.search(path.read_text(errors="ignore"))
	]
	assert not found
