"""Users for tests: the first with a set of roles is made by Frappe, the next ones are copies of its rows.

Making a user takes Frappe some 120 ms and 360 commands to Redis; most tests need one or two, which was a third of what the
suite took. `tests/site/test_users_of_tests.py` compares a copy with a user that Frappe made, in every table of the site.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe.utils import now_datetime

from tests.platform import SIXTEEN

# where Frappe puts something of a new user, by which columns it is found; `__Auth` holds the password
PLACES: dict[str, tuple[str, ...]] = {
	"tabUser": ("name",),
	"tabHas Role": ("parent",),
	"tabUser Social Login": ("parent",),
	"tabDefaultValue": ("parent",),
	"tabDocShare": ("user", "share_name"),
	"tabNotification Settings": ("name",),
	"tabComment": ("reference_name",),
	"tabContact": ("user",),
	"tabContact Email": ("email_id",),
	"__Auth": ("name",),
}
STAMPS = {
	"creation": now_datetime,
	"modified": now_datetime,
	"owner": lambda: frappe.session.user,
	"modified_by": lambda: frappe.session.user,
}
if SIXTEEN:
	PLACES["tabPermission Log"] = ("for_document",)
Rows = list[tuple[str, dict[str, Any]]]
# (site, roles) → what its first user was called, and that user's rows
_known: dict[tuple[str, tuple[str, ...]], tuple[str, Rows]] = {}


def copy(email: str, roles: tuple[str, ...]) -> bool:
	"""Store `email` as a user like the one that was kept for `roles`; False where none was."""
	if (frappe.local.site, roles) not in _known:
		return False
	model, rows = _known[(frappe.local.site, roles)]
	for table, row in rows:
		_insert(table, _renamed(row, _token(model), _token(email)))
	frappe.cache.delete_key("users_for_mentions")
	frappe.cache.delete_key("enabled_users")
	return True


def keep(email: str, roles: tuple[str, ...]) -> None:
	"""Remember the rows of a user that Frappe has just made."""
	_known[(frappe.local.site, roles)] = (email, rows_of(email))


def rows_of(email: str) -> Rows:
	found: Rows = []
	for table, columns in PLACES.items():
		condition = " or ".join(f"`{column}` = %(email)s" for column in columns)
		for row in frappe.db.sql(
			f"select * from `{table}` where {condition}",  # noqa: S608 - names are ours
			{"email": email},
			as_dict=True,
		):
			found.append((table, dict(row)))
	return found


def _token(email: str) -> str:
	"""What the address and everything named after it begin with."""
	return email.partition("@")[0]


def _renamed(row: dict[str, Any], old: str, new: str) -> dict[str, Any]:
	"""The row for a user called `new`, made now by whoever makes it."""
	copied = {
		column: value.replace(old, new) if isinstance(value, str) else value for column, value in row.items()
	}
	if "name" in row and copied["name"] == row["name"]:
		copied["name"] = frappe.generate_hash(length=10)
	for column, value in STAMPS.items():
		if row.get(column) is not None and copied[column] == row[column]:
			copied[column] = value()
	return copied


def _insert(table: str, row: dict[str, Any]) -> None:
	columns = ", ".join(f"`{column}`" for column in row)
	values = ", ".join(["%s"] * len(row))
	frappe.db.sql(f"insert into `{table}` ({columns}) values ({values})", tuple(row.values()))  # noqa: S608
