"""A second connection to the test site, for what another user does at the same time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import frappe


class OtherConnection:
	"""A bare connection that, unlike `frappe.db`, needs nothing of Frappe's and so works in any thread."""

	def __init__(self) -> None:
		self.connection = frappe.db.create_connection()

	def sql(self, query: str, values: tuple[Any, ...] | None = None) -> Any:
		with self.connection.cursor() as cursor:
			cursor.execute(query, values)
			return cursor.fetchall()

	def commit(self) -> None:
		self.connection.commit()


@contextmanager
def second_connection() -> Iterator[OtherConnection]:
	"""Another transaction on the same database; whatever it has not committed is rolled back."""
	other = OtherConnection()
	try:
		yield other
	finally:
		other.connection.rollback()
		other.connection.close()


def open_now() -> set[int]:
	"""Connections to the site's database beside our own."""
	rows = frappe.db.sql("select id from information_schema.processlist where id != connection_id()")
	return {row[0] for row in rows}


_of_parents: list[Any] = []


def leave_the_parents() -> None:
	"""In a forked process: go on without the database connection, which is the parent's, too.

	It is kept, as the client of version 16 takes its leave from the server, over the parent's socket, when the object is gone.
	"""
	_of_parents.append((frappe.local.db, frappe.local.db._conn, frappe.local.db._cursor))
	frappe.local.db._conn = None


def wait_for_end(before: set[int], seconds: float = 30) -> None:
	"""Until the server has noticed that processes begun since `before` were killed: so long their locks stand."""
	end = time.monotonic() + seconds
	while open_now() - before:
		assert time.monotonic() < end, "the database keeps the connection of a process that was killed"
		time.sleep(0.02)
