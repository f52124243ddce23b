"""Taking away in seconds what was made in bulk."""

from collections.abc import Iterable

import frappe


def take_away(doctypes: Iterable[str], prefix: str) -> None:
	"""Rows whose names begin with `prefix` go. What stays is little: it is put aside and back, which costs seconds where
	deleting millions of rows one by one costs minutes. Commits, as every change of a table does.
	"""
	like = f"{prefix}%"
	for doctype in doctypes:
		table = f"`tab{doctype}`"
		if not frappe.db.sql(f"select 1 from {table} where name like %s limit 1", like):  # noqa: S608 - our own names
			continue
		frappe.db.commit()  # truncating would do it, in the middle of whatever is going on
		frappe.db.sql_ddl("drop temporary table if exists kept_row")
		keep = f"select * from {table} where name not like '{like}'"  # noqa: S608 - as above
		frappe.db.sql_ddl(f"create temporary table kept_row as {keep}")
		frappe.db.sql_ddl(f"truncate {table}")
		frappe.db.sql(f"insert into {table} select * from kept_row")  # noqa: S608 - as above
		frappe.db.commit()
		frappe.db.sql_ddl("drop temporary table kept_row")
