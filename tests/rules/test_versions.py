"""The version gate of install and migrate."""

import tomllib
from pathlib import Path

import pytest

from support_service.setup import names, versions

REPO = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
	("version", "supported"),
	[
		("14.99.0", False),
		("15.39.9", False),
		("15.40.0", True),
		("15.120.0", True),
		("16.0.0-dev", False),
		("v16.2", False),
		("16.10.7", True),
		("16.36.1", True),
		("17.0.0", False),
	],
)
def test_range(version: str, supported: bool) -> None:
	assert versions.is_supported("frappe", version) is supported
	assert versions.is_supported("erpnext", version) is supported


def test_text_that_is_no_version_is_named() -> None:
	with pytest.raises(ValueError, match="develop"):
		versions.parse("develop")


def test_same_range_as_bench_reads() -> None:
	project = tomllib.loads((REPO / "pyproject.toml").read_text())
	for app, wanted in project["tool"]["bench"]["frappe-dependencies"].items():
		ranges = versions.SUPPORTED[app]
		assert wanted == f">={versions.in_words(ranges[0][0])},<{versions.in_words(ranges[-1][1])}"


@pytest.mark.parametrize(
	("template", "pattern"),
	[
		("SR-.YYYY.-.#####", r"^SR\-[0-9]{4}\-$"),
		("VIS-.YY..MM.-.####", r"^VIS\-[0-9]{2}[0-9]{2}\-$"),
		("TEAM-{####}", r"^TEAM\-$"),
		("UNIT-.######", r"^UNIT\-$"),
		(".#####", None),
	],
)
def test_series_pattern(template: str, pattern: str | None) -> None:
	assert names.series_pattern(template) == pattern


def test_names_are_read_from_the_package() -> None:
	assert {"Service Request", "Service Team", "Support Service Settings"} <= set(names.doctypes())
	assert "Support Service" in names.modules()
