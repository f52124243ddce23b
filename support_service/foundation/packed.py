"""Reading many columns of few rows as one JSON column, as each column of a result costs the database driver time, and several
such statements in one round trip.

Only for the few statements that run very often and were measured; elsewhere select columns as usual.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import frappe


@dataclass(frozen=True, eq=False, slots=True)
class Packed:
	"""A statement that selects `columns` (name → SQL expression) as one.

	rest: the statement from its `from` on. dates: the columns that are days. opening: what stands before its `select`. A
	statement with an opening, an order or a lock is read alone.
	"""

	columns: Mapping[str, str]
	rest: str
	dates: tuple[str, ...] = ()
	opening: str = ""

	def row(self, values: Sequence[Any]) -> Any:
		"""A row of the statement as a dict."""
		row = frappe._dict(zip(self.columns, values, strict=True))
		for name in self.dates:
			if row[name]:
				row[name] = date.fromisoformat(row[name])
		return row


def read(*statements: Packed, values: Mapping[str, Any]) -> list[list[Any]]:
	"""The rows of each statement, as dicts, all read at once. values: of the parameters of all statements."""
	found: list[list[Any]] = [[] for _statement in statements]
	# raw SQL: building these takes longer than running them, and the query builder of Frappe 15 knows no recursive query
	for (text,) in frappe.db.sql(_as_one(statements), values):
		number, *row = json.loads(text)
		found[number].append(statements[number].row(row))
	return found


@cache
def _as_one(statements: tuple[Packed, ...]) -> str:
	return " union all ".join(
		f"{one.opening} select json_array({number}, {', '.join(one.columns.values())}) {one.rest}"
		for number, one in enumerate(statements)
	)
