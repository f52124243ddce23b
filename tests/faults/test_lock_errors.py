"""Deadlocks and lock timeouts, really caused by a second connection: the submit completes once, as the same user."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import frappe
import pytest

from support_service.foundation import transactions
from tests.connections import second_connection
from tests.factories import make_installed_unit
from tests.faults.world import (
	assert_all_or_nothing,
	assert_drawn_once,
	assert_ledger_clean,
	make_engineers,
	make_serial_stock,
	make_visit,
	stock,
)

HEAVY = 400  # rows the other transaction writes, so that the database gives up ours, the lighter one


@pytest.fixture(scope="module")
def engineer(site):
	return make_engineers(1)[0]


@pytest.fixture
def errors_met(monkeypatch) -> list[str]:
	"""Names of the database errors that made a submit start over."""
	met: list[str] = []
	start_over = transactions._start_over

	def noted(handed_in):
		import sys

		met.append(type(sys.exc_info()[1]).__name__)
		start_over(handed_in)

	monkeypatch.setattr(transactions, "_start_over", noted)
	return met


@pytest.fixture
def impatient():
	"""Our connection waits one second for a lock instead of fifty."""
	frappe.db.sql("set session innodb_lock_wait_timeout = 1")
	yield
	frappe.db.sql("set session innodb_lock_wait_timeout = default")


@pytest.fixture
def drawn(engineer):
	"""A committed visit that draws a serial part into a unit: (visit, item, warehouse, serial number)."""
	item, warehouse, (number,) = make_serial_stock(1)
	unit = make_installed_unit(customer=engineer.customer).name
	part = {"item_code": item, "qty": 1, "warehouse": warehouse, "serial_nos": number}
	return make_visit(engineer, part, installed_unit=unit), item, warehouse, number


@contextmanager
def meanwhile(work) -> Iterator[None]:
	"""Run `work(other, ready)` on a second connection; the body starts once it called `ready`."""
	ready, failed = threading.Event(), []

	def run(other):
		try:
			work(other, ready.set)
		except Exception as error:
			failed.append(error)
		finally:
			other.connection.rollback()
			ready.set()

	with second_connection() as other:
		thread = threading.Thread(target=run, args=(other,))
		thread.start()
		assert ready.wait(20)
		try:
			yield
		finally:
			thread.join(30)
	assert not failed, failed


def submit_as(engineer, visit: str) -> None:
	frappe.set_user(engineer.user)
	frappe.get_doc("Engineer Visit", visit).submit()
	assert frappe.session.user == engineer.user
	frappe.db.commit()
	frappe.set_user("Administrator")


def hold_bin(place, seconds: float):
	def work(other, ready):
		lock_bin(other, place)
		ready()
		time.sleep(seconds)

	return work


def lock_bin(other, place) -> None:
	other.sql("select name from tabBin where item_code = %s and warehouse = %s for update", place)


def cross(first: str, values: tuple, place):
	"""Hold the row `first` selects, let the submit take the Bin and wait for that row, then ask for the Bin."""

	def work(other, ready):
		other.sql("create temporary table weight (n int) engine=innodb")
		other.sql("insert into weight " + " union all ".join(["select 1"] * HEAVY))
		other.sql(first, values)
		ready()
		time.sleep(1.5)
		lock_bin(other, place)
		other.commit()

	return work


def test_lock_timeout_is_waited_out(engineer, drawn, errors_met, impatient):
	visit, item, warehouse, _number = drawn
	with meanwhile(hold_bin((item, warehouse), 2.5)):
		submit_as(engineer, visit)
	assert set(errors_met) == {"QueryTimeoutError"}
	assert_drawn_once(visit, engineer.user)
	assert_ledger_clean(item, warehouse)


@pytest.mark.parametrize(
	("early_or_late", "row"),
	[
		("early", "select * from tabSeries where name like 'MAT-STE-%%' and name != %s for update"),
		("late", "select * from `tabSerial No` where name = %s for update"),
	],
)
def test_deadlock_is_repeated_as_a_whole(engineer, drawn, errors_met, early_or_late, row):
	visit, item, warehouse, number = drawn
	with meanwhile(cross(row, (number,), (item, warehouse))):
		submit_as(engineer, visit)
	assert errors_met and set(errors_met) == {"QueryDeadlockError"}
	assert_drawn_once(visit, engineer.user)
	assert_ledger_clean(item, warehouse)


def test_a_lock_that_never_goes_away_is_told_and_nothing_is_changed(
	engineer, drawn, errors_met, impatient, monkeypatch
):
	visit, item, warehouse, _number = drawn
	monkeypatch.setattr(transactions, "ATTEMPTS", 2)
	told = pytest.raises(transactions.DatabaseBusyError, match="again in a minute")
	with meanwhile(hold_bin((item, warehouse), 4)), told:
		submit_as(engineer, visit)
	frappe.set_user("Administrator")
	assert len(errors_met) == 2
	assert not assert_all_or_nothing(visit)
	assert stock(item, warehouse) == 1
	assert_ledger_clean(item, warehouse)


def test_cancel_is_repeated_as_a_whole_too(engineer, drawn, errors_met, impatient):
	visit, item, warehouse, _number = drawn
	submit_as(engineer, visit)
	with meanwhile(hold_bin((item, warehouse), 2.5)):
		frappe.get_doc("Engineer Visit", visit).cancel()
		frappe.db.commit()
	assert set(errors_met) == {"QueryTimeoutError"}
	assert stock(item, warehouse) == 1
	assert_ledger_clean(item, warehouse)
