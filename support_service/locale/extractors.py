"""Babel extractors for what Frappe's own ones pass over; `babel_extractors.csv` says which file gets which.

Each takes an open binary file and yields (line, function, message, comments), as Babel asks; the line is always None.
Keep them free of anything that needs a site.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from frappe.gettext.extractors import doctype as frappes
from frappe.gettext.extractors import workspace as workspaces
from frappe.gettext.extractors.javascript import extract_javascript

Found = Iterator[tuple[None, str, str | tuple[str, str], list[str]]]

# Words of our DocTypes that Frappe or ERPNext translate in a sense we do not mean (Left: 左对齐). The template holds them
# with the DocType as context, which the desk looks up first, so that our sense does not reach their screens.
OWN_MEANING = frozenset(
	{
		"Action",
		"Active",
		"Assigned",
		"Body",
		"Brand",
		"Cancelled",
		"Complaint",
		"Day",
		"Difference",
		"Done",
		"Expected",
		"History",
		"Home Address",
		"Left",
		"Missed",
		"New",
		"No",
		"Notes",
		"OAuth",
		"Open",
		"Pending",
		"Planned",
		"Priority",
		"Queued",
		"Received",
		"Request Type",
		"Requested",
		"Reserved",
		"Resolution",
		"Resolved",
		"Returned",
		"Scrapped",
		"Settled",
		"Slack",
		"Source",
		"State",
		"Subscription",
		"Unit",
		"Used",
		"Visits",
		"Warning",
	}
)

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


def doctype(fileobj: BinaryIO, *args: Any, **kwargs: Any) -> Found:
	"""What Frappe's extractor finds in a DocType; words of OWN_MEANING only in the context of that DocType."""
	name = json.load(fileobj).get("name")
	fileobj.seek(0)
	for line, function, message, comments in frappes.extract(fileobj):
		if message in OWN_MEANING:
			yield line, "pgettext", (name, message), comments
		else:
			yield line, function, message, comments


def javascript(fileobj: BinaryIO, *args: Any, **kwargs: Any) -> Iterator[tuple[int, str, Any, list[str]]]:
	"""Every `__()`, those inside nested template literals too, where Frappe's extractor loses its way."""
	code = fileobj.read().decode()
	for call in re.finditer(r"(?<![\w.])__\(", code):
		found = next(extract_javascript(code[call.start() :]), None)
		if not found or not isinstance(found[2], str | tuple):
			continue
		words = found[2] if isinstance(found[2], tuple) else (found[2],)
		line = code.count("\n", 0, call.start()) + 1
		if not words[0]:
			continue
		if len(words) == 3 and words[2]:
			yield line, "pgettext", (words[2], words[0]), []
		else:
			yield line, "gettext", words[0], []


def record(fileobj: BinaryIO, *args: Any, **kwargs: Any) -> Found:
	"""Names and labels of a record, or of each in a list of fixtures."""
	data = json.load(fileobj)
	for row in data if isinstance(data, list) else [data]:
		doctype = row.get("doctype", "")
		for field in READ_FIELDS.get(doctype, ()):
			if row.get(field):
				yield _found(row[field], f"{field} of a {doctype}")


def workspace(fileobj: BinaryIO, *args: Any, **kwargs: Any) -> Found:
	"""What Frappe's extractor finds in a Workspace; headings also without markup, as version 16 looks them up."""
	for line, function, message, comments in workspaces.extract(fileobj):
		yield line, function, message, comments
		if isinstance(message, str) and "<" in message:
			yield line, function, re.sub(r"<[^>]*>", "", message), comments


def sidebar(fileobj: BinaryIO, *args: Any, **kwargs: Any) -> Found:
	"""The labels of a sidebar; Frappe 15, which has none, passes over them."""
	for item in json.load(fileobj)["items"]:
		yield _found(item["label"], "Label of an entry of a Workspace Sidebar")


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
