"""Locking reads return rows as they are committed, also where the database is strict about rows that have changed."""

from collections.abc import Iterator

import frappe
import pytest

from support_service.foundation import locks, rows
from tests.connections import OtherConnection, second_connection
from tests.factories import make_customer


@pytest.fixture
def strict() -> Iterator[None]:
	"""A new connection to a server that refuses by default to lock what has changed, as MariaDB does from 11.6 on."""
	server = (frappe.conf.db_host, frappe.conf.db_port, frappe.conf.db_socket)
	before = locks._on_by_default.get(server)
	locks._on_by_default[server] = True
	_connect_anew()
	frappe.db.sql(f"set session {locks.VARIABLE} = on")
	yield
	frappe.db.rollback()
	_connect_anew()
	if before is None:
		del locks._on_by_default[server]  # asked anew
	else:
		locks._on_by_default[server] = before


@pytest.fixture
def other() -> Iterator[OtherConnection]:
	with second_connection() as connection:
		yield connection


def _connect_anew() -> None:
	frappe.db.close()
	frappe.db._conn = None


def _changed_by_another(other: OtherConnection, customer: str) -> None:
	# from here on this transaction has its snapshot
	frappe.db.get_value("Customer", customer, "customer_details")
	other.sql("update tabCustomer set customer_details = 'new' where name = %s", (customer,))
	other.commit()


def test_a_strict_database_refuses_what_has_changed(strict: None, other: OtherConnection) -> None:
	customer = make_customer().name
	frappe.db.commit()  # the other connection has to see it
	_changed_by_another(other, customer)
	with pytest.raises(frappe.QueryDeadlockError):
		frappe.db.get_value("Customer", customer, "customer_details", for_update=True)


def test_our_locking_reads_return_what_is_committed(strict: None, other: OtherConnection) -> None:
	customer = make_customer().name
	frappe.db.commit()  # as above
	_changed_by_another(other, customer)
	assert locks.get_value("Customer", customer, "customer_details") == "new"
	assert frappe.db.get_value("Customer", customer, "customer_details") != "new", (
		"plain reads keep their snapshot"
	)
	assert locks.get_doc("Customer", customer).customer_details == "new"
	table = frappe.qb.DocType("Customer")
	query = frappe.qb.from_(table).select(table.customer_details).where(table.name == customer)
	assert [row.customer_details for row in locks.rows(query)] == ["new"]


def test_a_row_that_another_has_just_stored_is_left_out(strict: None, other: OtherConnection) -> None:
	"""`rows.insert(…, leave_present=True)` promises that, also for what this transaction cannot see yet."""
	name = frappe.generate_hash(length=12)
	frappe.db.commit()
	assert not frappe.db.exists("Comment", name), "this transaction has its snapshot"
	other.sql("insert into tabComment (name, content) values (%s, 'first')", (name,))
	other.commit()
	assert rows.insert("Comment", [{"name": name, "content": "second"}], leave_present=True) == 0
	assert locks.get_value("Comment", name, "content") == "first"
	frappe.db.rollback()
	frappe.db.delete("Comment", {"name": name})
	frappe.db.commit()


def test_the_first_statement_of_a_connection_may_be_ours(strict: None) -> None:
	_connect_anew()
	locks.latest()
	assert frappe.db.sql(f"select @@{locks.VARIABLE}")[0][0] == 0


def test_a_lost_connection_is_told_again(strict: None) -> None:
	locks.latest()
	_connect_anew()
	frappe.db.sql(f"set session {locks.VARIABLE} = on")
	locks.latest()
	assert frappe.db.sql(f"select @@{locks.VARIABLE}")[0][0] == 0
