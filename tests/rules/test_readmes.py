"""The table of a room's README names each of its modules, and nothing that is not there."""

import re
from pathlib import Path

import pytest

from tests.rules.test_layers import PACKAGE, REPO

ROOMS = ("customer_portal", "demo", "erpnext_desk", "erpnext_takeover", "service_intake", "setup")
# these are named as a whole
FOLDERS = {"doctype", "page", "print_format", "report"}


def modules_of(room: Path) -> dict[str, Path]:
	return {
		file.name: file
		for file in room.rglob("*.py")
		if file.name != "__init__.py" and not FOLDERS.intersection(file.relative_to(room).parts)
	}


@pytest.mark.parametrize("room", ROOMS)
def test_a_readme_names_what_is_there(room: str) -> None:
	text = (PACKAGE / room / "README.md").read_text()
	named, there = set(re.findall(r"`([\w/]+\.py)`", text)), modules_of(PACKAGE / room)
	assert not set(there) - {Path(path).name for path in named}, "not in the README"
	assert not [
		path
		for path in named
		if Path(path).name not in there and not any((place / path).exists() for place in (REPO, PACKAGE))
	], "not there"
