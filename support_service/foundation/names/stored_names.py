"""Names of documents that we store elsewhere than in a Link, and what happens to each when the document is renamed or merged.

Frappe updates Link and Dynamic Link fields, nothing else: a name inside a unique key, a text, JSON or a cache would stay. Each
room lists such fields of its own DocTypes, or of rooms below (`stored_names.py` of the room, named in hooks.py under
`support_service_stored_names`). Together the lists are one table, which is applied here for every document that is renamed, and
in `deleted_names` for every one that is deleted. tests/site/test_stored_names.py renames and merges for every line of it, and
fails for a text field of ours that stands neither here nor among the texts that hold no name.
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
	"""Somebody renames a document whose name stands in keys and messages that cannot change."""


class How(StrEnum):
	"""What happens to the stored name in a rename."""

	FOLLOWS = "follows"
	REBUILT = "is rebuilt"
	KEEPS = "keeps the old name"
	LASTING = "names what is never renamed"


class Shape(StrEnum):
	"""How the name stands in the field's value."""

	WHOLE = "{name}"
	LINES = "one of several lines"
	TAIL = "…|{doctype}|{name}"


@dataclass(frozen=True, slots=True)
class Rename:
	"""The document `old` of `doctype` is now `new`. merge: `new` existed before; Frappe deletes `old` afterwards."""

	doctype: str
	old: str
	new: str
	merge: bool = False


Follow = Callable[[Rename, Document], None]


@dataclass(frozen=True, slots=True)
class StoredName:
	"""A field of `doctype` that holds names of documents of the DocTypes `of`.

	why: in a sentence, what the name is for; where the old name is kept, why that is right.
	beside: columns that tell that the row means this very document → what they hold ("doctype", "name" or a field of it).
	only: column → value, for entries that concern only some rows.
	before, follow: functions for what `shape` cannot say; `before` is called before a merge only.
	again: why a new document that gets the name of a deleted one is still the same thing; None: it is another (`deleted_names`).
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
		"""Filters for the rows that mean `doc`, under its present name."""
		values = {
			column: doc.doctype if what == "doctype" else doc.get(what)
			for column, what in self.beside.items()
		}
		return {**values, **self.only}


@dataclass(frozen=True, slots=True)
class CachedName:
	"""Names kept in a cache by the module `where`. follow: what to do in a rename; None where `why` says why nothing is needed."""

	where: str
	of: tuple[str, ...]
	why: str
	follow: Follow | None = None


def table() -> list[StoredName]:
	"""The lists of all rooms."""
	return [entry for entry in _entries() if isinstance(entry, StoredName)]


def caches() -> list[CachedName]:
	"""The cached names of all rooms."""
	return [entry for entry in _entries() if isinstance(entry, CachedName)]


def lasting() -> set[str]:
	"""DocTypes of ours whose documents cannot be renamed."""
	return {doctype for entry in table() if entry.how == How.LASTING for doctype in entry.of}


def before_rename(doc: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""Hook `before_rename` of every DocType: refuse it for documents that keep their names, prepare a merge."""
	if doc.doctype in lasting():
		frappe.throw(
			_(
				"{0} {1} cannot be renamed: messages that were sent and other records contain its number."
			).format(_(doc.doctype), old),
			NumberIsKeptError,
		)
	if merge:
		for entry in _of(doc.doctype):
			if isinstance(entry, StoredName) and entry.before:
				entry.before(Rename(doc.doctype, old, new, merge), doc)


def after_rename(doc: Document, method: str | None, old: str, new: str, merge: bool = False) -> None:
	"""Hook `after_rename` of every DocType, when Frappe has updated the Links. Run a second time it changes nothing."""
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
