"""Whether the bench's Python imports the app from APP_PATH and has what its tests need. Exit code 1 when not.
Prints the packages that are missing, one requirement a line.

APP_PATH --move: when only the place differs, point the editable install there. That needs neither pip, nor a build
backend, nor the internet. Run by the bench's Python, in any folder.
"""

import importlib.util
import json
import os
import re
import sys
import sysconfig
import tomllib
from importlib.metadata import Distribution, PackageNotFoundError, distribution, version
from pathlib import Path
from typing import Any

APP = "support_service"


def imported_from() -> Path | None:
	"""The folder that holds the package Python finds, links resolved."""
	os.chdir("/")  # the current folder must not be what it is found in
	spec = importlib.util.find_spec(APP)
	return Path(spec.origin).resolve().parents[1] if spec and spec.origin else None


def missing_packages(project: dict[str, Any]) -> list[str]:
	"""What the app and its tests ask for and is not installed in a version that fits."""
	return [
		line
		for line in [*project["dependencies"], *project["optional-dependencies"]["test"]]
		if not _is_installed(line)
	]


def _is_installed(line: str) -> bool:
	from packaging.requirements import Requirement

	wanted = Requirement(line)
	try:
		return wanted.specifier.contains(version(wanted.name))
	except PackageNotFoundError:
		return False


def move(app: Path) -> bool:
	"""Rewrite the two files of an editable install that name the place; False where it is not one of this kind."""
	pth = Path(sysconfig.get_path("purelib")) / f"{APP}.pth"
	try:
		installed = distribution(APP)
	except PackageNotFoundError:
		return False
	if not pth.is_file() or installed.version != _version_in(app):
		return False
	if (origin := _origin(installed)) is None:
		return False
	_write(origin, json.dumps({"dir_info": {"editable": True}, "url": app.as_uri()}))
	_write(pth, f"{app}\n")
	return True


def _version_in(app: Path) -> str:
	found = re.search(r'^__version__ = "(.+)"', (app / APP / "__init__.py").read_text(), re.MULTILINE)
	return found[1] if found else ""


def _origin(installed: Distribution) -> Path | None:
	for file in installed.files or ():
		if file.name == "direct_url.json":
			return Path(str(file.locate()))
	return None


def _write(path: Path, text: str) -> None:
	new = path.with_name(f"{path.name}.new")
	new.write_text(text)
	new.replace(path)


def main(place: str, *options: str) -> bool:
	app = Path(place).resolve()
	project = tomllib.loads((app / "pyproject.toml").read_text())["project"]
	if missing := missing_packages(project):
		print("\n".join(missing))
		return False
	return imported_from() == app or ("--move" in options and move(app))


sys.exit(0 if main(*sys.argv[1:]) else 1)
