"""Reading what is committed now instead of one snapshot, for sweeps that lock ranges of an index."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import frappe


@contextmanager
def read_committed() -> Iterator[None]:
	"""Run a batch job's transactions under READ COMMITTED. Commits first and rolls back at the end: nothing may be pending.

	Under MariaDB's default a locking read over a range also locks the gaps between its rows, so two sweeps that move rows
	about in the same index deadlock, and people's inserts wait for them.
	"""
	before = frappe.db.sql("select @@tx_isolation")[0][0]  # the query builder has no session variables
	_set_level("read committed")
	frappe.db.commit()  # the level holds from the next transaction on
	try:
		yield
	finally:
		_set_level(before.replace("-", " "))
		frappe.db.rollback()  # a job that was interrupted leaves nothing behind; one that finished has committed


def _set_level(level: str) -> None:
	frappe.db.sql(f"set session transaction isolation level {level}")  # no statement of the query builder's
