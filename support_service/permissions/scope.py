"""A set of documents of one DocType, as clauses joined with OR: which field must have which values.

The same data renders the condition of a list and answers for one document, so a list and a form cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import frappe

from support_service.foundation.platform import escape

NOTHING_SQL = "1=0"


class Clause(Protocol):
	"""One condition; a document that fulfils any clause of a scope is in it."""

	@property
	def fields(self) -> tuple[str, ...]:
		"""The fields it looks at."""

	def sql(self, doctype: str) -> str:
		"""An SQL condition on `tab<doctype>`."""

	def admits(self, row: Mapping[str, Any]) -> bool:
		"""Whether a row with at least `field` fulfils it."""


@dataclass(frozen=True, slots=True)
class Among:
	"""`field` has one of `values`."""

	field: str
	values: frozenset[str]

	@property
	def fields(self) -> tuple[str, ...]:
		return (self.field,)

	def sql(self, doctype: str) -> str:
		if not self.values:
			return NOTHING_SQL
		# Frappe's list hook takes SQL text, not a query builder term, hence escaped by hand as its own hooks do
		listed = ", ".join(escape(value) for value in sorted(self.values))
		return f"`tab{doctype}`.`{self.field}` in ({listed})"

	def admits(self, row: Mapping[str, Any]) -> bool:
		return row.get(self.field) in self.values


@dataclass(frozen=True, slots=True)
class SameText:
	"""`field` is `value`, whatever is written in capitals, as the database compares an address."""

	field: str
	value: str

	@property
	def fields(self) -> tuple[str, ...]:
		return (self.field,)

	def sql(self, doctype: str) -> str:
		return f"`tab{doctype}`.`{self.field}` = {escape(self.value)}"

	def admits(self, row: Mapping[str, Any]) -> bool:
		return bool(self.value) and str(row.get(self.field) or "").lower() == self.value.lower()


@dataclass(frozen=True, slots=True)
class Both:
	"""Both clauses are fulfilled."""

	one: Clause
	other: Clause

	@property
	def fields(self) -> tuple[str, ...]:
		return (*self.one.fields, *self.other.fields)

	def sql(self, doctype: str) -> str:
		conditions = (self.one.sql(doctype), self.other.sql(doctype))
		return NOTHING_SQL if NOTHING_SQL in conditions else f"({' and '.join(conditions)})"

	def admits(self, row: Mapping[str, Any]) -> bool:
		return self.one.admits(row) and self.other.admits(row)


@dataclass(frozen=True, slots=True)
class Through:
	"""The `doctype` document linked by `field` lies in `scope`."""

	field: str
	doctype: str
	scope: Scope

	@property
	def fields(self) -> tuple[str, ...]:
		return (self.field,)

	def sql(self, doctype: str) -> str:
		inner = self.scope.sql(self.doctype)
		if inner == NOTHING_SQL:
			return NOTHING_SQL
		return f"`tab{doctype}`.`{self.field}` in (select `name` from `tab{self.doctype}` where {inner or '1=1'})"  # noqa: S608 - names are ours, values escaped

	def admits(self, row: Mapping[str, Any]) -> bool:
		linked = row.get(self.field)
		return bool(linked) and self.scope.holds(self.doctype, linked) is True


@dataclass(frozen=True, slots=True)
class Scope:
	"""Everything, or the documents that fulfil at least one clause; without clauses nothing."""

	clauses: tuple[Clause, ...] = ()
	everything: bool = False

	def sql(self, doctype: str) -> str:
		"""Condition for a list of `doctype`: empty for everything, never true for nothing."""
		if self.everything:
			return ""
		conditions = [sql for clause in self.clauses if (sql := clause.sql(doctype)) != NOTHING_SQL]
		return f"({' or '.join(conditions)})" if conditions else NOTHING_SQL

	def admits(self, row: Mapping[str, Any]) -> bool:
		"""Whether `row` (a document or its fields) lies inside."""
		return self.everything or any(clause.admits(row) for clause in self.clauses)

	def holds(self, doctype: str, name: str) -> bool | None:
		"""Whether the *stored* document lies inside; None if there is none.

		A document in memory may carry values a client sent (a save, a method call on posted JSON), which must not decide
		whether that client may touch it.
		"""
		fields = sorted({"name", *(field for clause in self.clauses for field in clause.fields)})
		stored = frappe.db.get_value(doctype, name, fields, as_dict=True)
		return self.admits(stored) if stored else None


EVERYTHING = Scope(everything=True)
