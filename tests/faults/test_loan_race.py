"""Loans under fire: several book one piece for days that meet, hand one loan over at once, or are killed in the middle of it."""

import os
import random
import signal
import time
from types import SimpleNamespace
from typing import Any

import frappe
import pytest

from tests.effort import times
from tests.factories import make_item, make_stock_receipts, unique
from tests.faults import loan_workers
from tests.faults.workers import Crew
from tests.faults.world import assert_ledger_clean, fresh, stock
from tests.site.loan_world import crew as people
from tests.site.loan_world import entries_of, fill, make_loan, set_places

ROUNDS = times(few=4, many=100)
INSTANTS = times(few=6, many=40)
SIZES = (2, 4)


@pytest.fixture(scope="module")
def stocked(site) -> SimpleNamespace:
	people()
	made = fill(set_places(), serials=1)
	frappe.db.commit()
	return made


@pytest.fixture(scope="module")
def bookers(site):
	crew = Crew(site, SIZES, loan_workers.book)
	yield crew
	crew.stop()


@pytest.fixture(scope="module")
def lenders(site):
	crew = Crew(site, SIZES, loan_workers.lend)
	yield crew
	crew.stop()


def new_piece(stocked) -> dict[str, Any]:
	number = unique("SN")
	make_stock_receipts(
		stocked.store, {"item_code": stocked.serial, "qty": 1, "basic_rate": 300, "serial_no": number}
	)
	return {"item_code": stocked.serial, "serial_no": number}


@pytest.mark.parametrize("size", SIZES)
def test_one_piece_is_booked_by_one(stocked, bookers, size):
	for number in range(ROUNDS):
		wanted = new_piece(stocked)
		loans = [make_loan(wanted, days=(other, other + size)).name for other in range(size)]
		frappe.db.commit()
		outcomes = bookers.submit([("Administrator", loan) for loan in loans])
		fresh()
		won = [outcome for outcome in outcomes if not outcome.error]
		assert len(won) == 1, (number, outcomes)
		assert {one.error for one in outcomes if one.error} == {"PieceBookedError"}, outcomes
		booked = frappe.get_all("Equipment Loan", {"name": ("in", loans), "status": "Booked"}, pluck="name")
		assert booked == [won[0].visit]


@pytest.mark.parametrize("size", SIZES)
def test_plain_pieces_are_booked_no_more_often_than_there_are(stocked, bookers, size):
	for _number in range(ROUNDS):
		item = make_item().name
		make_stock_receipts(stocked.store, {"item_code": item, "qty": 1, "basic_rate": 10})
		loans = [make_loan({"item_code": item}).name for _other in range(size)]
		frappe.db.commit()
		outcomes = bookers.submit([("Administrator", loan) for loan in loans])
		fresh()
		assert sorted(outcome.error for outcome in outcomes) == [""] + ["PieceBookedError"] * (size - 1)


@pytest.mark.parametrize("size", SIZES)
def test_one_loan_handed_over_by_several_at_once_leaves_once(stocked, bookers, lenders, size):
	for _number in range(ROUNDS):
		wanted = new_piece(stocked)
		loan = make_loan(wanted).name
		frappe.db.commit()
		assert [one.error for one in bookers.submit([("Administrator", loan)] * size)] == [""] * size
		outcomes = lenders.submit([(people().lead, loan)] * size)
		fresh()
		assert [outcome.error for outcome in outcomes] == [""] * size, outcomes
		assert [row.docstatus for row in entries_of(loan)] == [1]
		assert frappe.db.get_value("Serial No", wanted["serial_no"], "warehouse") == stocked.lent
		rows = {"loan": loan, "action": "hand_over"}
		assert frappe.db.count("Equipment Loan Entry", rows) == 1
	for warehouse in (stocked.store, stocked.lent):
		assert_ledger_clean(stocked.serial, warehouse)


def how_long(site: str, step: str, loan: str) -> float:
	began = time.monotonic()
	assert os.waitpid(loan_workers.fork_and(site, step, loan), 0)[1] == 0
	return time.monotonic() - began


def check_whole(stocked, loan: str, serial: str) -> None:
	"""Stock, loan, unit and history say the same, whatever was killed."""
	fresh()
	doc = frappe.get_doc("Equipment Loan", loan)
	out = doc.status == "Lent"
	unit = frappe.db.get_value("Installed Unit", {"serial_no": serial}, "state")
	assert frappe.db.get_value("Serial No", serial, "warehouse") == (stocked.lent if out else stocked.store)
	assert unit == ("Standby" if out else "Returned" if doc.status == "Returned" else None)
	submitted = [row for row in entries_of(loan) if row.docstatus == 1]
	assert len(submitted) == {"Booked": 0, "Lent": 1, "Returned": 2}[doc.status]
	steps = frappe.get_all("Equipment Loan Entry", {"loan": loan}, pluck="action")
	assert len([step for step in steps if step in ("hand_over", "take_back")]) == len(submitted)


def test_killed_at_any_instant_it_is_handed_over_and_back_wholly_or_not_at_all(site, stocked):
	def booked() -> tuple[str, str]:
		wanted = new_piece(stocked)
		loan = make_loan(wanted).name
		frappe.db.commit()
		from support_service.service_parts.loans import bookings

		bookings.book(loan)
		frappe.db.commit()
		return loan, wanted["serial_no"]

	first, _serial = booked()
	lasts = {step: how_long(site, step, first) for step in ("lend", "return")}
	for _number in range(INSTANTS):
		loan, serial = booked()
		for step, done in (("lend", "Lent"), ("return", "Returned")):
			pid = loan_workers.fork_and(site, step, loan)
			time.sleep(random.uniform(0, lasts[step]))
			os.kill(pid, signal.SIGKILL)
			os.waitpid(pid, 0)
			check_whole(stocked, loan, serial)
			how_long(site, step, loan)  # the command again
			check_whole(stocked, loan, serial)
			assert frappe.db.get_value("Equipment Loan", loan, "status") == done
	assert stock(stocked.serial, stocked.lent) >= 0
	for warehouse in (stocked.store, stocked.lent):
		assert_ledger_clean(stocked.serial, warehouse)
