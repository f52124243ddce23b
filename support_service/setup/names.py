"""The names of everything this package ships, read from its files, so that no list has to be maintained."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

APP = "support_service"
PACKAGE = Path(__file__).resolve().parents[1]
# parts of a naming template that stand for so many digits
WIDTHS = {"YYYY": 4, "YY": 2, "MM": 2, "DD": 2, "WW": 2}


@cache
def modules() -> tuple[str, ...]:
	"""The Frappe modules of this app, from `modules.txt`."""
	return tuple(line.strip() for line in (PACKAGE / "modules.txt").read_text().splitlines() if line.strip())


@cache
def _definitions() -> tuple[dict[str, Any], ...]:
	paths = sorted(PACKAGE.glob("*/doctype/*/*.json"))
	return tuple(json.loads(path.read_text()) for path in paths if path.stem == path.parent.name)


@cache
def doctypes() -> tuple[str, ...]:
	"""Names of every DocType this package defines, singles and child tables included."""
	return tuple(definition["name"] for definition in _definitions())


@cache
def records() -> tuple[tuple[str, str], ...]:
	"""(DocType, name) of every record this package ships as a file in a room: DocTypes, reports, print formats, cards …"""
	return tuple(sorted(_records_in(PACKAGE)))


def _records_in(folder: Path) -> set[tuple[str, str]]:
	found = set()
	for path in folder.glob("*/*/*/*.json"):
		definition = json.loads(path.read_text()) if path.stem == path.parent.name else None
		if isinstance(definition, dict) and {"doctype", "name"} <= definition.keys():
			found.add((definition["doctype"], definition["name"]))
	return found


def also_in(package: Path, modules_of_it: list[str]) -> list[tuple[str, str]]:
	"""(DocType, name) of what another app's `package` ships under a name of ours; modules included."""
	found = {("Module Def", name) for name in modules() if _folder(name) in map(_folder, modules_of_it)}
	kinds = {kind for kind, _name in records()}
	for module in modules_of_it:
		for kind in kinds:
			for path in (package / _folder(module) / _folder(kind)).glob("*/*.json"):
				found |= _named_in(path)
	return sorted(found)


def _named_in(path: Path) -> set[tuple[str, str]]:
	"""Which of our records the file defines; it is parsed only where one of their names stands in it."""
	text = path.read_text(errors="replace")
	if path.stem != path.parent.name or not any(f'"{name}"' in text for _kind, name in records()):
		return set()
	definition = json.loads(text)
	if not isinstance(definition, dict):
		return set()
	return {(definition.get("doctype", ""), definition.get("name", ""))} & set(records())


def _folder(name: str) -> str:
	return name.replace(" ", "_").replace("-", "_").lower()


def fixtures() -> list[tuple[str, str]]:
	"""(DocType, name) of every fixture record this package ships."""
	found = []
	for path in sorted((PACKAGE / "fixtures").glob("*.json")):
		found += [(row["doctype"], row["name"]) for row in json.loads(path.read_text())]
	return found


def series_templates() -> set[str]:
	"""The templates of the naming series this package ships."""
	templates: set[str] = set()
	for definition in _definitions():
		templates.update(_templates(definition))
	return templates


def _templates(definition: dict[str, Any]) -> set[str]:
	found = set()
	autoname = definition.get("autoname") or ""
	if "#" in autoname:
		found.add(autoname.removeprefix("format:"))
	for field in definition["fields"]:
		if field["fieldname"] == "naming_series":
			found.update(filter(None, (field.get("options") or "").split("\n")))
	return found


def series_pattern(template: str) -> str | None:
	"""A regular expression for the `tabSeries` keys a template counts under, or None when it would match everything.

	`SR-.YYYY.-.#####` counts under `SR-2026-`, so it yields `^SR\\-[0-9]{4}\\-$`.
	"""
	prefix = re.split(r"\.?\{?#", template)[0]
	parts = [_part(part) for part in re.split(r"[.{}]", prefix)]
	pattern = "".join(parts)
	return f"^{pattern}$" if re.search(r"[A-Za-z]", prefix.split(".")[0]) else None


def _part(part: str) -> str:
	return f"[0-9]{{{WIDTHS[part]}}}" if part in WIDTHS else re.escape(part)
