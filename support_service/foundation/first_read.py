"""What inserting one document has read already, handed on to those who would read it again in the same insert."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from frappe.model.document import Document


@dataclass(slots=True)
class FirstRead:
	"""Stands on the document as `first_read` for as long as it is being inserted, and is gone afterwards.

	unit: name and columns of the unit it names, None before they are read. owners: (DocType, name) → the customer it belongs
	to, None where it belongs to nobody. coverage: what may pay for the unit (`service_coverage/together.py`). columns:
	what those who follow the insert have computed for it, to be written in one statement.
	"""

	unit: tuple[str, Mapping[str, Any] | None] | None = None
	owners: Mapping[tuple[str, str], str | None] = field(default_factory=dict)
	coverage: Any | None = None
	columns: dict[str, Any] = field(default_factory=dict)


def begin(doc: Document) -> None:
	"""Called by the document's `before_insert`."""
	doc.first_read = FirstRead()


def end(doc: Document) -> None:
	"""Called by the document's `after_insert`: from here on others may change what was read."""
	doc.first_read = None


def of(doc: Document) -> FirstRead | None:
	"""What was read for the insert of `doc` under way; None outside of one. A sender's value of that name counts for nothing."""
	read = doc.__dict__.get("first_read")
	return read if isinstance(read, FirstRead) else None
