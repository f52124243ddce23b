"""Reading many columns of few rows as one JSON column, as each column of a result costs the database driver time.

Only for the few statements that run very often and were measured; elsewhere select columns as usual.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import frappe


def pack(columns: Mapping[str, str]) -> str:
	"""The SQL expression of one column that holds all of `columns` (name → SQL expression)."""
	return f"json_array({', '.join(columns.values())})"


def unpack(rows: Iterable[tuple[str]], columns: Mapping[str, str], dates: Iterable[str]) -> list[Any]:
	"""The rows of a statement that selected `pack(columns)`, as dicts; `dates`: the columns that are days."""
	found = []
	for (text,) in rows:
		row = frappe._dict(zip(columns, json.loads(text), strict=True))
		for name in dates:
			if row[name]:
				row[name] = date.fromisoformat(row[name])
		found.append(row)
	return found
