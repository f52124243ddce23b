"""Names of documents kept elsewhere than in a Link, and how each follows when the document is renamed or merged.

Frappe renames in Link and Dynamic Link fields, nowhere else: a name inside a unique key, a text, JSON or a cache stays what
it was. A deletion is worked off by the same table (`deleted_names`). Each room lists its own (`stored_names.py` of the room, named in hooks.py under `support_service_stored_names`);
together the lists are one table, worked off here for every document that is renamed. A room lists fields of its own
DocTypes, or of rooms below. tests/site/test_stored_names.py renames and merges for every line of it, and fails for a
text field of ours that stands neither here nor among the texts that hold no name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import frappe
from frappe import _
from frappe.model.document import Document

HOOK = "support_service_stored_names"
# of StoredName.again
NUMBER_ON_THE_PIECE = "A serial number is read from the piece: entered again it is the same piece."


class NumberIsKeptError(frappe.ValidationError):
	"""A document whose name stands in keys that must never change is not renamed."""


class How(StrEnum):
	FOLLOWS = "follows"
	REBUILT = "is rebuilt"
	KEEPS = "keeps the old name"
	LASTING = "names what is never renamed"


class Shape(StrEnum):
	"""How the name stands in the value."""

	WHOLE = "{name}"
	LINES = "one of several lines"
	TAIL = "…|{doctype}|{name}"


@dataclass(frozen=True, slots=True)
class Rename:
	"""A document of `doctype` is now `new`. merge: `new` was there before; `old` is deleted after us."""

	doctype: str
	old: str
	new: str
	merge: bool = False


Follow = Callable[[Rename, Document], None]


@dataclass(frozen=True, slots=True)
class StoredName:
	"""A field of `doctype` that holds names of documents of the DocTypes `of`.

	why: in a sentence; for what is kept, why that is right.
	beside: columns that say that this very document is meant → what they hold of it (an attribute, "doctype" or "name").
	only: values of other columns of the rows that follow.
	before, follow: what to do where the shape does not say it; `before` is called before a merge alone.
	again: why a document that is given the name of a deleted one is meant, too; None: it is another one (`deleted_names`).
	"""

	doctype: str
	fieldname: str
	of: tuple[str, ...]
	why: str
	how: How = How.FOLLOWS
	shape: Shape = Shape.WHOLE
	beside: Mapping[str, str] = field(default_factory=dict)
	only: Mapping[str, Any] = field(default_factory=dict)
	before: Follow | None = None
	follow: Follow | None = None
	again: str | None = None

	def filters(self, doc: Document) -> dict[str, Any]:
		"""What rows that mean `doc`, under its present name, have beside the field."""
		values = {
			column: doc.doctype if what == "doctype" else doc.get(what)
			for column, what in self.beside.items()
		}
		return {**values, **self.only}


@dataclass(frozen=True, slots=True)
class CachedName:
	"""Names kept in a cache: `where` is the module that keeps them. follow: None where `why` says what makes it right."""

	where: str
	of: tuple[str, ...]
	why: str
	follow: Follow | None = None


def table() -> list[StoredName]:
	"""The lists of all rooms."""
	return [entry for entry in _entries() if isinstance(entry, StoredName)]


def caches() -> list[CachedName]:
	return [entry for entry in _entries() if isinstance(entry, CachedName)]


def lasting() -> set[str]:
	"""DocTypes of ours whose documents keep their names."""
	return {doctype for entry in table() if entry.how == How.LASTING for doctype in entry.of}


def before_rename(doc: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""Listens to every DocType (hooks.py)."""
	if doc.doctype in lasting():
		frappe.throw(
			_("{0} {1} keeps its number: keys and messages that were sent name it.").format(
				_(doc.doctype), old
			),
			NumberIsKeptError,
		)
	if merge:
		for entry in _of(doc.doctype):
			if isinstance(entry, StoredName) and entry.before:
				entry.before(Rename(doc.doctype, old, new, merge), doc)


def after_rename(doc: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""Listens to every DocType (hooks.py); Links are renamed already. Run again it changes nothing."""
	from support_service.foundation.names import name_shapes

	rename = Rename(doc.doctype, old, new, merge)
	for entry in _of(doc.doctype):
		if entry.follow:
			entry.follow(rename, doc)
		elif isinstance(entry, StoredName) and entry.how == How.FOLLOWS:
			name_shapes.follow(entry, rename, doc)


def _of(doctype: str) -> list[StoredName | CachedName]:
	return [entry for entry in _entries() if doctype in entry.of]


def _entries() -> list[StoredName | CachedName]:
	return [entry for path in frappe.get_hooks(HOOK) for entry in frappe.get_attr(path)]
