"""The users of tests are copies of rows; a copy is what Frappe itself would have made."""

from collections import Counter
from typing import Any

import frappe
import pytest
from frappe.utils.password import check_password

from support_service.constants.roles import DESK_AGENT, LEAD
from tests import users
from tests.factories import make_user

NOT_COMPARED = {"name", "creation", "modified", "idx", "userid", "password", "last_password_reset_date"}


def rows_with(text: str) -> Counter[tuple[str, tuple[tuple[str, Any], ...]]]:
	"""Every row of the site in which a text column holds `text`, without what is random or of its moment."""
	found: Counter[tuple[str, tuple[tuple[str, Any], ...]]] = Counter()
	columns = frappe.db.sql(
		"select table_name, group_concat(column_name) from information_schema.columns"
		" where table_schema = database() and data_type in ('varchar', 'text', 'longtext') group by table_name"
	)
	for table, names in columns:
		condition = " or ".join(f"`{name}` like %(text)s" for name in names.split(","))
		for row in frappe.db.sql(
			f"select * from `{table}` where {condition}",  # noqa: S608 - names are the database's
			{"text": f"%{text}%"},
			as_dict=True,
		):
			kept = {
				column: value.replace(text, "USER") if isinstance(value, str) else value
				for column, value in row.items()
				if column not in NOT_COMPARED
			}
			found[(table, tuple(sorted(kept.items(), key=str)))] += 1
	return found


def token(user: str) -> str:
	return user.partition("@")[0]


def test_a_copy_has_the_rows_that_frappe_makes(clean_transaction) -> None:
	users._known.clear()
	made = make_user(DESK_AGENT, LEAD).name
	copied = make_user(DESK_AGENT, LEAD).name
	assert copied != made
	assert rows_with(token(copied)) == rows_with(token(made))


def test_a_copy_logs_in_and_has_its_roles(clean_transaction) -> None:
	make_user(DESK_AGENT)
	copied = make_user(DESK_AGENT)
	assert check_password(copied.name, "Test-pass-2026") == copied.name
	assert DESK_AGENT in frappe.get_roles(copied.name)
	assert LEAD not in frappe.get_roles(copied.name)


@pytest.mark.parametrize("overrides", [{"enabled": 0}, {"language": "zh"}])
def test_whoever_asks_for_more_gets_it_from_frappe(clean_transaction, overrides) -> None:
	user = make_user(DESK_AGENT, **overrides)
	assert all(user.get(name) == value for name, value in overrides.items())
	assert user.creation and users.rows_of(user.name)
