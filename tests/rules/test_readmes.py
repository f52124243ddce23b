"""The table of a room's README names each of its modules, and nothing that is not there."""

import re
from pathlib import Path

import pytest

from tests.rules.test_layers import PACKAGE, REPO

ROOMS = sorted(
	readme.parent.name
	for readme in PACKAGE.glob("*/README.md")
	if readme.parent.name not in ("patches", "renamed")
)
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
	text = "\n".join(readme.read_text() for readme in sorted((PACKAGE / room).rglob("README.md")))
	named, there = set(re.findall(r"`([\w/]+\.py)`", text)), modules_of(PACKAGE / room)
	assert not set(there) - {Path(path).name for path in named}, "not in the README"
	assert not [
		path
		for path in named
		if Path(path).name not in there and not any((place / path).exists() for place in (REPO, PACKAGE))
	], "not there"
