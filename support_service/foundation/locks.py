"""Locking rows and reading them as they are committed now.

A transaction reads what was committed when it first read. A locking read waits for whoever has the row and then returns it as
it is: the second of two clicks finds what the first has made. From MariaDB 11.6 on the server refuses that by default where
the row has changed since (`innodb_snapshot_isolation`, error 1020), which the second person would see as an error. So the
connection takes the older behaviour before its first locking read; other connections keep the server's.
Every locking read of the app goes through here (`tests/rules/test_locking_reads.py`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import frappe
from frappe.query_builder import CustomFunction

VARIABLE = "innodb_snapshot_isolation"
_on_by_default: dict[tuple[Any, Any, Any], bool] = {}  # per database server


def latest() -> None:
	"""From now on locking reads and writes of this connection take rows as they are committed, whatever it has read before."""
	# Frappe connects with the first statement, and again where the connection was lost
	if _is_on_by_default() and not getattr(frappe.db._conn, "reads_latest", False):
		frappe.db.sql(f"set session {VARIABLE} = off")  # no statement of the query builder's
		frappe.db._conn.reads_latest = True


def get_doc(doctype: str, name: str) -> Any:
	"""The document as it is committed, its row locked until the transaction ends."""
	latest()
	return frappe.get_doc(doctype, name, for_update=True)


def get_value(doctype: str, filters: Any, fieldname: Any = "name", **how: Any) -> Any:
	"""As `frappe.db.get_value`, with the row as it is committed and locked until the transaction ends."""
	latest()
	return frappe.db.get_value(doctype, filters, fieldname, for_update=True, **how)


def rows(query: Any, *, skip_locked: bool = False) -> list[Any]:
	"""The rows of a query of the query builder as they are committed, locked until the transaction ends.

	skip_locked: without those that another transaction holds, instead of waiting for it.
	"""
	latest()
	return query.for_update(skip_locked=skip_locked).run(as_dict=True)


@contextmanager
def alone(work: str) -> Iterator[bool]:
	"""Take the site's lock for `work`; gives False where another connection has it.

	Ends with the connection, so a killed worker leaves no lock behind; a commit does not end it.
	"""
	lock = f"{frappe.conf.db_name}:{work}"[:190]
	mine = _of_database("GET_LOCK", lock, 0)
	try:
		yield mine
	finally:
		if mine:
			_of_database("RELEASE_LOCK", lock)


def _of_database(function: str, *arguments: Any) -> bool:
	"""The answer of a function of MariaDB that reads no table."""
	call = CustomFunction(function, [f"argument{number}" for number, _value in enumerate(arguments)])
	return bool(frappe.qb.select(call(*arguments)).run()[0][0])


def _is_on_by_default() -> bool:
	"""Whether new connections to this server refuse rows that have changed; asked once per process and server."""
	server = (frappe.conf.db_host, frappe.conf.db_port, frappe.conf.db_socket)
	if server not in _on_by_default:
		# no statement of the query builder's
		found = frappe.db.sql(f"show session variables like '{VARIABLE}'")
		_on_by_default[server] = bool(found) and found[0][1] == "ON"
	return _on_by_default[server]
