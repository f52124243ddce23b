"""The search bar finds cases, units, contracts and visits: by number, serial number, subject, name and customer.

Frappe's own global search does not do for them. It ignores permissions, so it would show other teams' cases. Its index has
words between spaces, of four letters and more: it finds nothing in a Chinese sentence, and no end of a serial number. And it
is updated only every quarter of an hour. This search reads the documents themselves:

- *beginnings* of numbers, serial numbers and names, each an indexed look-up;
- every word *anywhere* in the fields a document is known by: a scan of one narrow index made for it (SEARCH_INDEX).

What is found is then read with `frappe.get_list`, so that the permission rule of each document decides what is shown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypedDict

import frappe
from frappe import _
from frappe.query_builder import Criterion, DocType
from frappe.query_builder.functions import Concat_ws
from frappe.utils import cint, cstr, escape_html

from support_service.foundation.replaced import function_beneath
from support_service.permissions import named_links

EVERYWHERE = "frappe.utils.global_search.search"
MIN_TEXT = 2
MAX_WORDS = 6
# shown in the search bar, of one kind and of all
LINES_PER_KIND = 4
# among so many found, open ones come first: the newest numbers may be old cases that were taken over
LOOKED_AT = 40
# read where the reader may not see some of those found
MANY = 2000
SEARCH_INDEX = "service_search"
SEPARATOR = " "  # a character that no word contains


@dataclass(frozen=True, slots=True)
class Kind:
	"""One DocType in the search.

	known_by: fields whose words count, all in SEARCH_INDEX (the DocType's own on_doctype_update makes it).
	begins: fields with an index of their own. title, detail: what a line shows.
	inside: (DocType, field, link): a document whose field begins with the text is shown as the document that `link` names.
	over: values of `status` of documents that are over; they come last in the search bar.
	"""

	doctype: str
	known_by: tuple[str, ...]
	begins: tuple[str, ...]
	title: str
	detail: tuple[str, ...]
	inside: tuple[str, str, str] | None = None
	over: tuple[str, ...] = ()


KINDS = (
	Kind(
		"Service Request",
		("subject", "serial_label", "customer_name"),
		("name", "serial_label"),
		"subject",
		("status", "customer_name", "serial_label"),
		over=("Closed", "Cancelled"),
	),
	Kind(
		"Installed Unit",
		("unit_name", "serial_label", "customer_name"),
		("name", "serial_label", "unit_name"),
		"unit_name",
		("serial_label", "state", "customer_name"),
		inside=("Fitted Part Entry", "serial_label", "installed_unit"),
	),
	Kind(
		"Service Contract",
		("title", "customer_name"),
		("name",),
		"title",
		("status", "customer_name"),
	),
	Kind(
		"Engineer Visit",
		("title", "engineer_name"),
		("name",),
		"title",
		("status", "engineer_name"),
	),
)


class Line(TypedDict):
	"""One document found; `detail` in the reader's language."""

	doctype: str
	name: str
	title: str
	detail: str


def lines(text: str) -> list[Line]:
	"""For the search bar: the best few of each kind that the reader may see."""
	return [_line(kind, row) for kind in _readable() for row in _best(kind, text)]


def everywhere(text: str, start: int = 0, limit: int = 20, doctype: str = "") -> list[dict[str, Any]]:
	"""What `frappe.utils.global_search.search` answers, ours first and found our way."""
	found = [
		_as_result(kind, row, text)
		for kind in _readable()
		if doctype in ("", kind.doctype)
		for row in _find(kind, text, start=cint(start), limit=cint(limit))
	]
	if doctype in {kind.doctype for kind in KINDS}:
		return found
	# an admin may put our documents into Frappe's index, which ignores permissions
	others = function_beneath(EVERYWHERE)(text=text, start=start, limit=limit, doctype=doctype)
	return found + [row for row in others if not named_links.is_ours(row["doctype"])]


def _readable() -> list[Kind]:
	return [kind for kind in KINDS if frappe.has_permission(kind.doctype, "read")]


def _best(kind: Kind, text: str) -> list[Any]:
	if not kind.over:
		return _find(kind, text, limit=LINES_PER_KIND)
	found = _find(kind, text, limit=LOOKED_AT)
	# a number typed in full comes first, open or not
	found.sort(key=lambda row: (row.name.lower() != cstr(text).strip().lower(), row.status in kind.over))
	return found[:LINES_PER_KIND]


def _find(kind: Kind, text: str, *, start: int = 0, limit: int = 20) -> list[Any]:
	"""Rows of `kind`: first those that begin with `text`, then those with its words anywhere, the newest first."""
	text = cstr(text).strip()
	if len(text) < MIN_TEXT:
		return []
	wanted = start + limit
	names = _beginning(kind, text, wanted) + _containing(kind, text.split()[:MAX_WORDS], wanted)
	shown = _visible(kind, names)
	if len(shown) < wanted <= len(set(names)):
		# some of those found may not be seen by the reader: look further
		names = _beginning(kind, text, wanted) + _containing(kind, text.split()[:MAX_WORDS], MANY)
		shown = _visible(kind, names)
	return shown[start:wanted]


def _beginning(kind: Kind, text: str, limit: int) -> list[str]:
	looked_up = [(kind.doctype, fieldname, "name") for fieldname in kind.begins]
	found: list[str] = []
	for doctype, fieldname, names in [*looked_up, *filter(None, [kind.inside])]:
		table = DocType(doctype)
		column = table[fieldname]
		rows = (
			frappe.qb.from_(table)
			.select(table[names])
			.where(column.like(f"{_escape(text)}%"))
			.orderby(column)
			.limit(limit)
		)
		found += rows.run(pluck=True)
	return found


def _containing(kind: Kind, words: Iterable[str], limit: int) -> list[str]:
	table = DocType(kind.doctype)
	haystack = Concat_ws(SEPARATOR, table.name, *(table[fieldname] for fieldname in kind.known_by))
	rows = (
		frappe.qb.from_(table)
		.force_index(SEARCH_INDEX)
		.select(table.name)
		.where(Criterion.all([haystack.like(f"%{_escape(word)}%") for word in words]))
		.orderby(table.name, order=frappe.qb.desc)
		.limit(limit)
	)
	return rows.run(pluck=True)


def _visible(kind: Kind, names: list[str]) -> list[Any]:
	"""Those of `names` that the reader may see, in the same order."""
	if not names:
		return []
	rows = frappe.get_list(
		kind.doctype,
		filters={"name": ["in", list(dict.fromkeys(names))]},
		fields=["name", kind.title, *(field for field in kind.detail if field != kind.title)],
		order_by=None,
		limit=0,
	)
	by_name = {row.name: row for row in rows}
	return [by_name[name] for name in dict.fromkeys(names) if name in by_name]


def _line(kind: Kind, row: Any) -> Line:
	detail = " · ".join(filter(None, (row.name, *_details(kind, row))))
	return Line(doctype=kind.doctype, name=row.name, title=row[kind.title] or row.name, detail=detail)


def _as_result(kind: Kind, row: Any, text: str) -> dict[str, Any]:
	"""In the form of a row of Frappe's index; the search dialog shows, as HTML, the parts in which it sees `text`."""
	meta = frappe.get_meta(kind.doctype)
	shown = {
		_(meta.get_label(field)): escape_html(cstr(row[field]))
		for field in (kind.title, *kind.detail)
		if row[field]
	}
	if not any(text.lower() in value.lower() for value in shown.values()):
		# the words are in several fields, or it is a number: show the title
		shown = {escape_html(text): escape_html(cstr(row[kind.title])), **shown}
	content = " ||| ".join(f"{label} : {value}" for label, value in shown.items())
	return {"doctype": kind.doctype, "name": row.name, "content": content, "rank": 1}


def _details(kind: Kind, row: Any) -> list[str]:
	meta = frappe.get_meta(kind.doctype)
	return [
		_(row[field], context=kind.doctype) if meta.get_field(field).fieldtype == "Select" else row[field]
		for field in kind.detail
		if row[field]
	]


def _escape(text: str) -> str:
	return text.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
