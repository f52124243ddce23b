"""What an operation sends to the database: how many statements, and which place of ours asked for each.

Counted in a pass of its own, never in one that is timed. `commit` and what begins the next transaction count, too.
STATEMENTS=1 prints them beside the figures, on standard error.
"""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import frappe

SHOW = bool(os.environ.get("STATEMENTS"))
OURS = f"{os.sep}support_service{os.sep}"
BENCHMARKS = os.path.dirname(os.path.abspath(__file__))
WIDTH = 150


class Statement(NamedTuple):
	"""The text of a statement, and the innermost place of the app on whose behalf it was sent; "" where there is none."""

	text: str
	place: str


def count(title: str, operation: Callable[[], Any], *, per: int = 1) -> float:
	"""Run an operation and return the number of its statements. per: so many operations are done at once."""
	with _noted() as sent:
		operation()
	if SHOW:
		_print(title, sent)
	return len(sent) / per if len(sent) % per else len(sent) // per


@contextmanager
def _noted() -> Iterator[list[Statement]]:
	sent: list[Statement] = []
	send = frappe.db.sql

	def sql(query: Any, *args: Any, **kwargs: Any) -> Any:
		sent.append(Statement(" ".join(str(query).split()), _place()))
		return send(query, *args, **kwargs)

	frappe.db.sql = sql  # on this connection only
	try:
		yield sent
	finally:
		del frappe.db.sql


def _place() -> str:
	for frame in reversed(traceback.extract_stack()):
		if OURS in frame.filename and not frame.filename.startswith(BENCHMARKS):
			# the package's folder may have the name of the repository's
			return f"{frame.filename.rpartition(OURS)[2]}:{frame.lineno} {frame.name}"
	return ""


def _print(title: str, sent: list[Statement]) -> None:
	print(f"\n{title}: {len(sent)} statements", file=sys.stderr)
	numbers = Counter(one.place for one in sent)
	for place, number in numbers.items():  # in the order in which each first asked
		print(f"{number:4} {place or 'Frappe and ERPNext'}", file=sys.stderr)
		for one in sent:
			if one.place == place:
				print(f"       {_short(one.text)}", file=sys.stderr)


def _short(text: str) -> str:
	"""A statement without the long list of its columns."""
	text = re.sub(r"(?i)^(select) .{60,}? (from )", r"\1 … \2", text)
	return text if len(text) <= WIDTH else text[:WIDTH] + "…"
