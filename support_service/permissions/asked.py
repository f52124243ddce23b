"""What a request asks for: the function that will run, and the DocTypes it will touch, however they are spelled.

Only those places are read where Frappe itself looks for a DocType or a function: the route, parameters that hold a DocType,
the `doctype` of a document and its links, the tables and columns of a query. Text fields are not read, so nobody is refused
because of words they wrote. No spelling gets past: JSON within JSON, a raw body of any content type, another case, accents and
spaces that the database takes for the same.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import frappe
from frappe.api import API_URL_MAP
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request

from support_service.renamed import new_path

# parameters that hold a document or several, and what belongs to a query of rows
DOCUMENTS = {"doc", "docs", "document", "data"}
COLUMNS = {"fields", "field", "fieldname", "order_by", "group_by", "searchfield", "sort_by", "sort_field"}
CONDITIONS = {"filters", "or_filters", "filter"}
# parameters that hold the name of a function another function is to call
FUNCTIONS = {"cmd", "method", "query", "run_method", "tree_method", "function"}
DEPTH = 6  # JSON within JSON
WORD = re.compile(r"[\w.]+")


@dataclass(frozen=True, slots=True)
class Question:
	"""What one request asks for.

	command: dotted path of the function that runs, None for a page or a document route. functions: others named in the
	parameters. doctypes: names as `plain` writes them.
	"""

	command: str | None
	functions: frozenset[str]
	doctypes: frozenset[str]


def plain(name: object) -> str:
	"""A name as the database compares it: without case, accents, wide forms, quotes and spaces around it."""
	text = unicodedata.normalize("NFKD", str(name))
	text = "".join(char for char in text if not unicodedata.combining(char))
	return " ".join(text.strip(" \t\r\n\0`'\"").casefold().split())


def command_of(request: Request) -> str | None:
	"""The function that is about to run, by its present path: Frappe asks `cmd` first, then the route."""
	return new_path(str(frappe.local.form_dict.get("cmd") or _route(request)[0] or "")) or None


def of_request(request: Request) -> Question:
	"""See the module. Never raises for what a client sent; what cannot be read asks for nothing."""
	_routed, doctype = _route(request)
	command = command_of(request)
	reader = _Reader()
	if doctype:
		reader.add(doctype)
	for values in _parameters(request):
		if doctype and request.method in ("POST", "PUT", "PATCH"):
			# what is sent to the route of a document are its fields, however they are called
			reader.document(values, doctype)
			reader.documents(_parsed(values.get("data")), doctype)
		else:
			reader.parameters(values, doctype)
	return Question(command, frozenset(reader.functions), frozenset(reader.doctypes))


def _route(request: Request) -> tuple[str | None, str | None]:
	"""(function, DocType) of the path, by Frappe's own table of routes."""
	if not request.path.startswith("/api/"):
		return None, None
	try:
		_endpoint, arguments = API_URL_MAP.bind_to_environ(request.environ).match()
	except HTTPException:
		return None, None
	method = arguments.get("method")
	# the first version of the API takes what comes before a slash
	return (str(method).split("/")[0] if method else None), arguments.get("doctype")


def _parameters(request: Request) -> Iterator[Mapping[str, Any]]:
	"""The parameters, and the body where the API reads it by itself whatever its content type."""
	yield frappe.local.form_dict
	body = request.get_data().strip()
	if body[:1] in (b"{", b"["):
		found = _parsed(frappe.safe_decode(body))
		yield from (
			one for one in (found if isinstance(found, list) else [found]) if isinstance(one, Mapping)
		)


class _Reader:
	"""Collects the names of DocTypes and functions from what was sent."""

	def __init__(self) -> None:
		self.doctypes: set[str] = set()
		self.functions: set[str] = set()

	def add(self, *names: object) -> None:
		for name in names:
			for one in name if isinstance(name, list | tuple | set | Mapping) else [name]:
				if isinstance(one, str):
					self.doctypes.add(plain(one))

	def parameters(self, values: Mapping[str, Any], doctype: str | None = None) -> None:
		"""doctype: that of the route, whose document or rows the parameters are."""
		doctype = doctype or _text(values.get("doctype"))
		# a document of the route may stand in the parameters themselves
		self.document(values, doctype)
		for key, value in values.items():
			name, parsed = str(key).casefold(), _parsed(value)
			if holds_doctype(name):
				self.add(parsed, *(parsed if isinstance(parsed, list) else ()))
			elif name in FUNCTIONS:
				self.functions.update(WORD.findall(str(value)))
			elif name in COLUMNS:
				self.columns(parsed, doctype)
			elif name in CONDITIONS:
				self.conditions(parsed, doctype)
			if name in DOCUMENTS or name in CONDITIONS:
				self.documents(parsed, doctype if name == "data" else None)

	def documents(self, value: Any, doctype: str | None, depth: int = 0) -> None:
		"""One document or a list of them; doctype: theirs, where they do not name it themselves."""
		for one in value if isinstance(value, list) else [value]:
			one = _parsed(one)
			if isinstance(one, Mapping):
				self.document(one, doctype, depth)

	def document(self, values: Mapping[str, Any], doctype: str | None = None, depth: int = 0) -> None:
		"""A document's own DocType, those of its rows, and those its links point at."""
		if depth > DEPTH:
			return
		named = _text(values.get("doctype"))
		if named:
			self.add(named)
		fields = _fields(named or doctype)
		for key, value in values.items():
			field = fields.get(str(key).casefold())
			if key in ("parenttype", "reference_doctype") or (field and field.names_doctype):
				self.add(value)
			elif field and field.links_to and value:
				self.add(field.links_to)
			elif field and field.rows:
				self.documents(_parsed(value), field.rows, depth + 1)
			elif key in DOCUMENTS:
				self.documents(_parsed(value), None, depth + 1)

	def columns(self, value: Any, doctype: str | None) -> None:
		"""Columns, orders and groups are code, never text that somebody wrote: every name in them counts."""
		for text in _texts(value):
			self.doctypes.add(plain(text))
			self.doctypes.update(plain(table) for table in re.findall(r"tab([^`.\"']+)", text, re.IGNORECASE))
			self.through_link(text, doctype)

	def conditions(self, value: Any, doctype: str | None) -> None:
		"""`{column: …}`, `[[column, …]]` or `[[DocType, column, …]]`; the values compared with are not read."""
		if isinstance(value, Mapping):
			for column in value:
				self.columns(str(column), doctype)
			return
		if not isinstance(value, list):
			return
		if value and isinstance(value[0], str):
			value = [value]
		for one in value:
			one = _parsed(one)
			if isinstance(one, Mapping):
				self.conditions(one, doctype)
			elif isinstance(one, list):
				self.columns(one[:2] if len(one) > 3 else one[:1], doctype)

	def through_link(self, text: str, doctype: str | None) -> None:
		"""`serial_no.customer` reads a column of the document a link points at."""
		fields = _fields(doctype) if "." in text else {}
		for column in re.findall(r"(\w+)\.", text):
			field = fields.get(column.casefold())
			if field and (field.links_to or field.rows):
				self.add(field.links_to or field.rows)


def holds_doctype(parameter: str) -> bool:
	"""Whether a parameter of this name, in lower case, holds a DocType. A test compares with all whitelisted functions."""
	return "doctype" in parameter or parameter in ("dt", "parent") or parameter.endswith(("type", "types"))


@dataclass(frozen=True, slots=True)
class _Field:
	names_doctype: bool
	links_to: str | None
	rows: str | None


def _fields(doctype: str | None) -> dict[str, _Field]:
	"""Column in lower case → what it says of other DocTypes; empty for a DocType there is not."""
	known = doctype and _real_name(doctype)
	if not known:
		return {}
	found = {}
	for field in frappe.get_meta(known).fields:
		if field.fieldtype == "Link":
			is_type = field.options == "DocType"
			found[field.fieldname.casefold()] = _Field(is_type, None if is_type else field.options, None)
		elif field.fieldtype in ("Table", "Table MultiSelect"):
			found[field.fieldname.casefold()] = _Field(False, None, field.options)
		elif field.fieldtype in ("Data", "Select", "Autocomplete") and "doctype" in field.fieldname:
			found[field.fieldname.casefold()] = _Field(True, None, None)
	return found


def _real_name(doctype: str) -> str | None:
	# the database compares names as `plain` does, more or less; what it does not find has no meta
	return frappe.db.get_value("DocType", {"name": doctype.strip()}, "name", cache=True)


def _parsed(value: Any) -> Any:
	"""JSON, and JSON within it, as it will be read; anything else as it is."""
	for _again in range(DEPTH):
		if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "[", '"'):
			return value
		try:
			value = json.loads(value)
		except ValueError:
			return value
	return value


def _texts(value: Any) -> Iterable[str]:
	value = _parsed(value)
	if isinstance(value, str):
		return value.split(",")
	if isinstance(value, Mapping):
		return [str(one) for pair in value.items() for one in pair]
	if isinstance(value, list):
		return [text for one in value for text in _texts(one)]
	return []


def _text(value: Any) -> str | None:
	return value if isinstance(value, str) and value else None
