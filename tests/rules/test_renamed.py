"""Old paths lead on for one release: each to something that is there, with a warning, and none is used by ourselves."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from support_service import renamed
from support_service.renamed import APP, MODULES, NAMES, new_path
from tests.rules.test_layers import REPO, defined

# these speak of old paths
THEMSELVES = {
	"support_service/renamed/paths.py",
	"tests/rules/test_renamed.py",
	"tests/site/test_renamed_paths.py",
	"CHANGELOG.md",
}
# frappe-free modules of the last release
WITHOUT_FRAPPE = (
	"erpnext_takeover.checkpoint",
	"erpnext_takeover.journey_rules",
	"service_coverage.contract_rules",
	"service_coverage.warranty_rules",
	"service_intake.portal_story",
	"service_level.clock_rules",
	"service_level.working_time",
)


def file_of(module: str) -> Path | None:
	"""The file of a module or package, its name given without the app's."""
	place = REPO.joinpath(APP, *module.split("."))
	return next((file for file in (place.with_suffix(".py"), place / "__init__.py") if file.exists()), None)


def in_fresh_python(code: str) -> str:
	"""Run `code` where nothing was imported yet; every warning is shown. Returns output and errors together."""
	done = subprocess.run(
		[sys.executable, "-W", "always", "-c", code], cwd=REPO, capture_output=True, text=True, check=False
	)
	return done.stdout + done.stderr


@pytest.mark.parametrize(("old", "new"), sorted(MODULES.items()))
def test_an_old_module_leads_to_one_that_is_there(old: str, new: str) -> None:
	assert file_of(new), f"{old}: there is no {new}"
	assert not file_of(old), f"{old} is still there: nobody is led to {new}"


@pytest.mark.parametrize(("old", "new"), sorted(NAMES.items()))
def test_an_old_name_leads_to_something_that_is_there(old: str, new: str) -> None:
	assert defined(f"{APP}.{new}"), f"{old}: there is no {new}"
	assert new_path(f"{APP}.{old}") == f"{APP}.{new}"
	module = old.rpartition(".")[0]
	if file := file_of(module):
		assert not defined(f"{APP}.{old}"), f"{old} is still there: nobody is led to {new}"
		line = "__getattr__ = names_of_last_release(__name__)"
		assert line in file.read_text(), f"{module} has to end with `{line}`"
	else:
		assert module in MODULES, f"{module} is gone, and has no line in MODULES"


def test_no_path_leads_to_another_old_one() -> None:
	for new in (*MODULES.values(), *NAMES.values()):
		assert new_path(f"{APP}.{new}") == f"{APP}.{new}"


@pytest.mark.parametrize(
	("old", "new"),
	[
		("service_intake.portal_api.withdraw", "customer_portal.api.withdraw"),  # a function
		(
			"service_level.clock_rules.Terms",
			"service_level.policy.terms.Terms",
		),  # one that has left its module
		(
			"service_coverage.doctype.supplier_claim.supplier_claim.SupplierClaim",
			"service_charging.doctype.supplier_claim.supplier_claim.SupplierClaim",
		),
		("service_intake.portal", "customer_portal.pages"),  # another old path begins like it
		("service_intake.portals.find", "service_intake.portals.find"),
		("service_intake.intake.accept", "service_intake.intake.accept"),
		("nowhere.at_all", "nowhere.at_all"),
	],
)
def test_new_path(old: str, new: str) -> None:
	assert new_path(f"{APP}.{old}") == f"{APP}.{new}"


@pytest.mark.parametrize(
	"path", ["", APP, f"{APP}.", "frappe.client.get", f"other_{APP}.support_service.telling"]
)
def test_paths_of_others_stay(path: str) -> None:
	assert new_path(path) == path


@pytest.mark.parametrize("old", WITHOUT_FRAPPE)
def test_an_old_module_has_the_names_of_the_new_one_and_warns(old: str) -> None:
	new = MODULES[old]
	output = in_fresh_python(
		f"import importlib\n"
		f"old, new = (importlib.import_module('{APP}.' + name) for name in ('{old}', '{new}'))\n"
		"names = [name for name in vars(new) if not name.startswith('__')]\n"
		"assert names and all(getattr(old, name) is getattr(new, name) for name in names)\n"
		"assert old.__doc__ == new.__doc__\n"
		f"from {APP}.{old} import {_a_name_of(new)}\n"
		"print('all there')"
	)
	assert "all there" in output
	assert f"DeprecationWarning: {APP}.{old} is {APP}.{new} now" in output


@pytest.mark.parametrize(
	"code",
	[
		f"import {APP}.nowhere",
		f"import {APP}.service_level.week.nowhere",
		f"from {APP}.service_level.week import nowhere",
	],
)
def test_what_never_was_is_not_found(code: str) -> None:
	output = in_fresh_python(code)
	assert "ModuleNotFoundError" in output, output


def test_a_name_that_has_left_a_module_that_is_still_there() -> None:
	find = renamed.names_of_last_release(f"{APP}.service_level.policy_rules")
	with pytest.warns(DeprecationWarning, match=r"durations\.WORKING_DAYS now"):
		found = find("WORKING_DAYS")
	from support_service.service_level.calendar import durations

	assert found is durations.WORKING_DAYS
	with pytest.raises(AttributeError):
		renamed.names_of_last_release(f"{APP}.service_intake.intake")("nowhere")


def test_nothing_of_ours_uses_an_old_path() -> None:
	used = {
		f"{name}: {path} is {new_path(path)} now"
		for name, path in _paths_in_our_files()
		if new_path(path) != path
	}
	assert not used, "\n".join(sorted(used))


def _paths_in_our_files() -> Iterator[tuple[str, str]]:
	"""(file, dotted path) of everything that our files name or import."""
	listed = subprocess.run(["git", "ls-files"], cwd=REPO, capture_output=True, text=True, check=False).stdout
	files = listed.splitlines() or [
		path.relative_to(REPO).as_posix()
		for folder in (APP, "tests", "docs", "benchmarks", "dev")
		for path in (REPO / folder).rglob("*")
	]
	for name in files:
		path = REPO / name
		if name in THEMSELVES or path.suffix not in {".py", ".js", ".json", ".html", ".md", ".toml", ".txt"}:
			continue
		text = path.read_text(errors="ignore") if path.is_file() else ""
		for found in re.findall(rf"\b{APP}(?:\.\w+)+", text):
			yield name, found
		if path.suffix == ".py":
			for node in ast.walk(ast.parse(text)):
				if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(APP):
					yield from ((name, f"{node.module}.{alias.name}") for alias in node.names)


def _a_name_of(module: str) -> str:
	"""A function or class of a module."""
	file = file_of(module)
	assert file
	return next(
		node.name
		for node in ast.parse(file.read_text()).body
		if isinstance(node, ast.FunctionDef | ast.ClassDef)
	)
