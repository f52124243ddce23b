"""Which statements something sends to the database."""

from collections.abc import Callable
from typing import Any

import frappe


def queries_of(call: Callable[[], Any]) -> list[str]:
	"""The statements `call` sends, as text, in order."""
	executed: list[str] = []
	# on the connection itself: whoever patched it before may have left an attribute there that hides its class's
	database = frappe.local.db
	before = vars(database).get("sql")
	run = database.sql

	def noting(query: Any, *args: Any, **kwargs: Any) -> Any:
		executed.append(str(query))
		return run(query, *args, **kwargs)

	database.sql = noting
	try:
		call()
	finally:
		if before is None:
			del database.sql
		else:
			database.sql = before
	return executed


def count_queries(call: Callable[[], Any]) -> int:
	"""How many statements `call` sends."""
	return len(queries_of(call))
