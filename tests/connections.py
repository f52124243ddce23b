"""A second connection to the test site, for what another user does at the same time."""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe
from frappe.database import get_db
from frappe.database.database import Database


@contextmanager
def second_connection() -> Iterator[Database]:
	"""Another transaction on the same database; whatever it has not committed is rolled back."""
	other = get_db(
		host=frappe.conf.db_host,
		port=frappe.conf.db_port,
		user=frappe.conf.db_name,
		password=frappe.conf.db_password,
		cur_db_name=frappe.conf.db_name,
	)
	try:
		other.connect()
		yield other
	finally:
		other.rollback()
		other.close()
