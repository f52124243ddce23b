"""What processes of their own do with loans: book, hand over, take back; and one that is killed while it does."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, NoReturn

import frappe

from support_service.service_parts.loans import bookings, came_back, hand_over, take_back
from tests.faults.workers import Outcome

UNSIGNED = {"unsigned_reason": "No pen"}


def book(user: str, loan: str, ready: Callable[[], Any]) -> Outcome:
	return _do(user, loan, ready, lambda: bookings.book(loan))


def lend(user: str, loan: str, ready: Callable[[], Any]) -> Outcome:
	return _do(user, loan, ready, lambda: hand_over.hand_over(loan, UNSIGNED))


def fork_and(site: str, step: str, loan: str) -> int:
	"""Hand a loan over ("lend") or take all of it back ("return") in a forked process; returns its pid, which ends with 0 after the commit."""
	sites_path = os.getcwd()
	pid = os.fork()
	if pid:
		return pid
	_do_and_exit(site, sites_path, step, loan)


def give_back(loan: str) -> Any:
	rows = frappe.get_doc("Equipment Loan", loan).pieces
	back = [came_back.Back(row.name, row.still_out()) for row in rows if row.still_out()]
	return take_back.take_back(loan, back, command="all of it")


STEPS: dict[str, Callable[[str], Any]] = {
	"lend": lambda loan: hand_over.hand_over(loan, UNSIGNED),
	"return": give_back,
}


def _do(user: str, loan: str, ready: Callable[[], Any], step: Callable[[], Any]) -> Outcome:
	error, message = "", ""
	frappe.set_user(user)
	frappe.get_doc("Equipment Loan", loan)  # a snapshot, as a form has one
	ready()
	try:
		step()
		frappe.db.commit()
	except Exception as raised:
		error, message = type(raised).__name__, str(raised)
		frappe.db.rollback()
	return Outcome(loan, error, message)


def _do_and_exit(site: str, sites_path: str, step: str, loan: str) -> NoReturn:
	code = 1
	try:
		# the parent's socket is shared: forget it, never close it
		frappe.local.db._conn = None
		frappe.init(site, sites_path=sites_path, force=True)
		frappe.connect()
		STEPS[step](loan)
		frappe.db.commit()
		code = 0
	except Exception as raised:
		print(repr(raised), file=sys.stderr)
	finally:
		os._exit(code)
