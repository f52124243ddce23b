"""Removed parts under kills, deadlocks and impatience: a visit with all its removed parts or none, each step once."""

import os
import random
import signal
import sys
import time

import frappe
import pytest

from support_service.foundation import transactions
from support_service.service_parts.removed import moves
from tests.effort import times
from tests.factories import make_stock_receipt
from tests.faults.test_lock_errors import cross, meanwhile
from tests.faults.workers import Crew, Outcome, fork_and_submit
from tests.faults.world import (
	assert_ledger_clean,
	entries_of,
	fresh,
	make_engineers,
	make_visit,
	stock,
)
from tests.site.removed_world import make_store, parts_of

INSTANTS = times(few=6, many=25)
ROUNDS = times(few=5, many=60)
SIZES = (2, 4, 8)


@pytest.fixture(scope="module")
def engineer(site):
	return make_engineers(1)[0]


@pytest.fixture(scope="module")
def store(site):
	made = make_store()
	make_stock_receipt(made.plain, made.warehouse, 500)
	frappe.db.commit()
	return made


def removes(engineer, store, qty: float = 1) -> str:
	row = {
		"item_code": store.plain,
		"qty": qty,
		"warehouse": store.warehouse,
		"removed_qty": qty,
		"removed_goes_to": "Back to Us",
	}
	return make_visit(engineer, row)


def due(engineer, store, qty: float = 1) -> str:
	visit = frappe.get_doc("Engineer Visit", removes(engineer, store, qty))
	visit.submit()
	frappe.db.commit()
	return parts_of(visit)[0].name


def test_a_killed_submit_leaves_all_or_nothing(site, engineer, store):
	for _instant in range(INSTANTS):
		visit = removes(engineer, store)
		pid = fork_and_submit(site, engineer.user, visit)
		time.sleep(random.uniform(0, 1.2))
		os.kill(pid, signal.SIGKILL)
		os.waitpid(pid, 0)
		fresh()
		done = frappe.db.get_value("Engineer Visit", visit, "docstatus")
		assert len(parts_of(frappe.get_doc("Engineer Visit", visit))) == done
		assert len(entries_of(visit)) == done
		assert os.waitpid(fork_and_submit(site, engineer.user, visit), 0)[1] == 0
		fresh()
		assert len(parts_of(frappe.get_doc("Engineer Visit", visit))) == len(entries_of(visit)) == 1


def test_a_killed_receipt_leaves_all_or_nothing(site, engineer, store):
	for _instant in range(INSTANTS):
		part, before = due(engineer, store), stock(store.plain, store.defective)
		pid = fork_and_receive(site, part)
		time.sleep(random.uniform(0, 0.8))
		os.kill(pid, signal.SIGKILL)
		os.waitpid(pid, 0)
		fresh()
		received = frappe.db.get_value("Removed Part", part, "status") == "Received"
		assert stock(store.plain, store.defective) == before + received
		assert os.waitpid(fork_and_receive(site, part), 0)[1] == 0
		fresh()
		assert stock(store.plain, store.defective) == before + 1
		assert frappe.db.count("Stock Entry", {"removed_part": part, "docstatus": 1}) == 1
	assert_ledger_clean(store.plain, store.defective)


def test_many_who_receive_the_same_part_receive_it_once(site, engineer, store):
	crew = Crew(site, SIZES, act=receive)
	try:
		for size in SIZES:
			for _round in range(ROUNDS):
				part, before = due(engineer, store), stock(store.plain, store.defective)
				outcomes = crew.submit([("Administrator", part)] * size)
				assert {outcome.error for outcome in outcomes} == {""}
				fresh()
				assert stock(store.plain, store.defective) == before + 1
				assert frappe.db.count("Stock Entry", {"removed_part": part}) == 1
	finally:
		crew.stop()
	assert_ledger_clean(store.plain, store.defective)


def test_a_deadlock_is_repeated_as_a_whole(engineer, store, errors_met):
	part, before = due(engineer, store), stock(store.plain, store.defective)
	# its row is locked after the Bins
	row = "select name from `tabRemoved Part` where name = %s for update"
	with meanwhile(cross(row, (part,), (store.plain, store.warehouse_of_bin))):
		moves.apply_move(part, "receive")
		frappe.db.commit()
	assert errors_met and set(errors_met) == {"QueryDeadlockError"}
	assert stock(store.plain, store.defective) == before + 1
	assert_ledger_clean(store.plain, store.defective)


def test_cancelling_and_receiving_at_once_never_both(site, engineer, store):
	crew = Crew(site, (2,), act=receive_or_cancel)
	try:
		for _round in range(ROUNDS):
			part, before = due(engineer, store), stock(store.plain, store.defective)
			visit = frappe.db.get_value("Removed Part", part, "engineer_visit")
			crew.submit([("receive", part), ("cancel", visit)])
			fresh()
			status = frappe.db.get_value("Removed Part", part, "status")
			docstatus = frappe.db.get_value("Engineer Visit", visit, "docstatus")
			assert (status, docstatus) in {("Received", 1), ("Cancelled", 2)}
			assert stock(store.plain, store.defective) == before + (status == "Received")
	finally:
		crew.stop()
	assert_ledger_clean(store.plain, store.defective)


@pytest.fixture
def errors_met(monkeypatch, store) -> list[str]:
	"""Names of the database errors that made a step start over."""
	# the Bin for removed parts exists after a first receipt
	make_stock_receipt(store.plain, store.defective, 1)
	frappe.db.commit()
	store.warehouse_of_bin = store.defective
	met: list[str] = []
	start_over = transactions._start_over

	def noted(handed_in):
		met.append(type(sys.exc_info()[1]).__name__)
		start_over(handed_in)

	monkeypatch.setattr(transactions, "_start_over", noted)
	return met


def receive(user, part, ready) -> Outcome:
	return _done(part, ready, lambda: moves.apply_move(part, "receive"))


def receive_or_cancel(what, name, ready) -> Outcome:
	if what == "receive":
		return _done(name, ready, lambda: moves.apply_move(name, "receive"))
	return _done(name, ready, frappe.get_doc("Engineer Visit", name).cancel)


def _done(name, ready, work) -> Outcome:
	error, message = "", ""
	frappe.set_user("Administrator")
	ready()
	try:
		work()
		frappe.db.commit()
	except Exception as raised:
		error, message = type(raised).__name__, str(raised)
		frappe.db.rollback()
	return Outcome(name, error, message)


def fork_and_receive(site: str, part: str) -> int:
	"""Receive in a forked process with its own connection; returns its pid. It ends with 0 after the commit."""
	sites_path = os.getcwd()
	pid = os.fork()
	if pid:
		return pid
	code = 1
	try:
		frappe.local.db._conn = None  # the parent's socket is shared: forget it, never close it
		frappe.init(site, sites_path=sites_path, force=True)
		frappe.connect()
		outcome = receive("Administrator", part, lambda: None)
		code = 1 if outcome.error else 0
	finally:
		os._exit(code)
