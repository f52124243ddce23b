"""Babel extractors for records that Frappe's own ones pass over; `babel_extractors.csv` says which file gets which.

Each takes an open binary file and yields (line, function, message, comments), as Babel asks; the line is always None.
None of them imports Frappe.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

Found = Iterator[tuple[None, str, str, list[str]]]

# per DocType of a record shipped as a file: the fields a user reads
READ_FIELDS: dict[str, tuple[str, ...]] = {
	"Number Card": ("label",),
	"Dashboard Chart": ("chart_name",),
	"Page": ("title",),
	"Print Format": ("name",),
	"Kanban Board": ("kanban_board_name",),
	"Notification": ("subject",),
	"Module Def": ("name",),
	"Role": ("name",),
}
# hooks that are lists of dicts with a title
TITLED_HOOKS = ("portal_menu_items", "standard_portal_menu_items")


def record(fileobj: BinaryIO, *args: Any, **kwargs: Any) -> Found:
	"""Names and labels of a record, or of each in a list of fixtures."""
	data = json.load(fileobj)
	for row in data if isinstance(data, list) else [data]:
		doctype = row.get("doctype", "")
		for field in READ_FIELDS.get(doctype, ()):
			if row.get(field):
				yield _found(row[field], f"{field} of a {doctype}")


def modules(fileobj: BinaryIO, *args: Any, **kwargs: Any) -> Found:
	"""The names in modules.txt."""
	for line in fileobj.read().decode().splitlines():
		if line.strip():
			yield _found(line.strip(), "Name of a module")


def hooks(fileobj: BinaryIO, *args: Any, **kwargs: Any) -> Found:
	"""The app's title and the titles of its portal menu."""
	for node in ast.parse(fileobj.read()).body:
		if not isinstance(node, ast.Assign) or not isinstance(node.targets[0], ast.Name):
			continue
		name = node.targets[0].id
		if name == "app_title":
			yield _found(ast.literal_eval(node.value), "Title of the app")
		elif name in TITLED_HOOKS:
			for item in ast.literal_eval(node.value):
				yield _found(item["title"], f"Title in {name}")


def _found(message: str, comment: str) -> tuple[None, str, str, list[str]]:
	return None, "_", message, [comment]
