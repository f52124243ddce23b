"""A second connection to the test site, for what another user does at the same time."""

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
