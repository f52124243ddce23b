"""What Frappe 16 shows beside the workspace is made of the workspace; every filter we ship is JSON; links into the desk."""

import json
import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

REPO = Path(__file__).resolve().parents[2]
PACKAGE = REPO / "support_service"
MADE = runpy.run_path(str(REPO / "dev" / "sidebar.py"))
# fields of records that hold filters, in whatever DocType
FILTERS = (
	"stats_filter",
	"quick_list_filter",
	"filters",
	"filters_json",
	"dynamic_filters_json",
	"route_options",
)
# places that say where the desk lives; the last three are read by Frappe 16 alone
WHERE_THE_DESK_LIVES = {
	"foundation/desk.py",
	"hooks.py",
	"workspace_sidebar/after_sales_service.json",
	"desktop_icon/after_sales_service.json",
}


def shipped() -> Iterator[tuple[Path, dict[str, Any]]]:
	"""Every record shipped as a file, but DocTypes, whose `filters` are not such."""
	for path in sorted(PACKAGE.rglob("*.json")):
		record = json.loads(path.read_text())
		for row in record if isinstance(record, list) else [record]:
			if isinstance(row, dict) and row.get("doctype") not in (None, "DocType"):
				yield path, row


def filters_in(value: Any, path: Path) -> Iterator[tuple[str, str]]:
	if isinstance(value, list):
		for part in value:
			yield from filters_in(part, path)
	elif isinstance(value, dict):
		for key, part in value.items():
			if key in FILTERS and isinstance(part, str) and part:
				yield f"{path.stem}: {value.get('label') or value.get('name')}: {key}", part
			else:
				yield from filters_in(part, path)


ALL_FILTERS = dict(pair for path, record in shipped() for pair in filters_in(record, path))


def entries() -> list[dict[str, Any]]:
	return [item for item in MADE["sidebar"]()["items"] if item["type"] == "Link"]


@pytest.mark.parametrize("what", ["sidebar", "icon"])
def test_the_files_are_what_the_workspace_says(what: str) -> None:
	"""Else run `python3 dev/sidebar.py`, and raise MODIFIED there."""
	path: Path = MADE[what.upper()]
	assert path.read_text() == MADE["as_text"](MADE[what]())


def test_the_sidebar_leads_wherever_the_workspace_does() -> None:
	leads = {(item["link_type"], item.get("link_to") or item["url"]) for item in entries()}
	shown = {
		(place["link_type"], place.get("link_to") or place["url"]) for place in MADE["entries"]().values()
	}
	assert not shown - leads
	assert leads - shown == {("Workspace", "After-Sales Service")}


def test_no_two_entries_open_the_same() -> None:
	opened = [
		(item["link_type"], item.get("link_to"), item.get("url"), item.get("filters")) for item in entries()
	]
	assert len(set(opened)) == len(opened)
	assert len({item["label"] for item in entries()}) == len(entries())


def test_an_entry_without_filters_opens_a_list_that_no_other_filters() -> None:
	"""An open list keeps the filters of the entry that was used before."""
	filtered = {item["link_to"] for item in entries() if item.get("filters")}
	assert not [
		item["label"] for item in entries() if item.get("link_to") in filtered and not item.get("filters")
	]


def test_entries_have_icons_and_lie_in_sections() -> None:
	items = MADE["sidebar"]()["items"]
	assert all(item["icon"] for item in entries())
	first = next(number for number, item in enumerate(items) if item["type"] == "Section Break")
	assert all(item["child"] for item in items[first:] if item["type"] == "Link")


def test_there_is_a_picture_for_each_style_of_desktop() -> None:
	for style in ("solid", "subtle"):
		# the desk makes the file's name so: spaces only
		name = MADE["TITLE"].lower().replace(" ", "_")
		assert (PACKAGE / "public/icons/desktop_icons" / style / f"{name}.svg").exists()
	assert (PACKAGE / "public" / MADE["LOGO"].partition("support_service/")[2]).exists()


def test_names_of_the_files_are_those_frappe_looks_for() -> None:
	"""It deletes a standard sidebar or icon without a file of its name."""
	for path in (MADE["SIDEBAR"], MADE["ICON"]):
		assert path.stem == json.loads(path.read_text())["name"].lower().replace(" ", "_").replace("-", "_")
		assert list(path.parent.iterdir()) == [path], "Frappe reads every file there"


def test_filters_are_found() -> None:
	assert len(ALL_FILTERS) > 20


@pytest.mark.parametrize("where", ALL_FILTERS)
def test_every_filter_is_json(where: str) -> None:
	"""Frappe 15 runs a shortcut's filter as JavaScript; 16 reads JSON, and counts everything where it is none."""
	json.loads(ALL_FILTERS[where])


def test_links_into_the_desk_are_made_in_one_place() -> None:
	"""`/app` on 15 is `/desk` on 16: foundation/desk.py, or Frappe's own functions."""
	found = []
	for path in sorted(PACKAGE.rglob("*")):
		if path.suffix not in (".py", ".js", ".html", ".json", ".css") or "locale" in path.parts:
			continue
		within = str(path.relative_to(PACKAGE))
		text = path.read_text()
		if within not in WHERE_THE_DESK_LIVES and any(
			start in text for start in ("/app/", '"/app"', "/desk/", '"/desk"')
		):
			found.append(within)
	assert not found
