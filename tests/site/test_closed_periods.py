"""A period is closed between a step and its undoing: refused, and everything stands as it stood; opened again, it can be undone.

A visit that used a reserved part, removed one, took a device back and used up a contract; a removed part that was received; a
loan that came back. Closed by the frozen stock, by an Accounting Period and by the frozen accounts.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import frappe
import pytest
from frappe.utils import add_days, today

from support_service.service_parts import errors
from support_service.service_parts.loans import desk_api, take_back
from support_service.service_parts.needs import reserving
from support_service.service_parts.removed import moves
from tests.factories import (
	COMPANY,
	insert,
	make_done_visit,
	make_part_need,
	make_stock_receipt,
	unique,
)
from tests.ledger_oracle import assert_ledger_clean, stock
from tests.platform import SIXTEEN
from tests.site.coverage_world import make_case_on, make_contract_for, make_price, make_terms
from tests.site.loan_world import all_of, crew, lend, make_loan, set_places
from tests.site.removed_world import make_store, parts_of, set_company, step, swap
from tests.site.visit_world import set_stock_setting

SETTINGS = "Support Service Settings"
SET = (
	"company_defaults",
	"charge_policy",
	"loan_days",
	"loan_reminder_days",
	"loan_lead_days",
	"loan_manager_days",
	"remind_customer_of_loans",
)


@pytest.fixture(scope="module")
def world(crew_of_its_own) -> Iterator[SimpleNamespace]:
	"""A store for parts and one for devices, and a unit under contract; committed, so that each step has its own transaction."""
	frappe.db.rollback()
	settings = frappe.get_doc(SETTINGS).as_dict()
	perpetual = frappe.db.get_value("Company", COMPANY, "enable_perpetual_inventory")
	made = make_store()
	make_terms(defective_warehouse=made.defective, parts_warehouse=made.store)
	made.people, made.places = crew(), set_places()
	# an Accounting Period closes what is booked in accounts: removed parts have a value, and devices another account when they are back
	set_company(removed_part_value=25)
	set_account(made.places.inspection)
	make_price(made.plain, 100)
	unit = frappe.get_doc("Installed Unit", made.people.unit)
	made.contract = make_contract_for(unit, {"kind": "Visits", "included": 100})
	made.unit = unit
	for warehouse in (made.warehouse, made.store, made.places.store):
		make_stock_receipt(made.plain, warehouse, 100)
	# so that frozen accounts concern stock
	frappe.db.set_value("Company", COMPANY, "enable_perpetual_inventory", 1)
	forget()
	frappe.db.commit()
	yield made
	frappe.db.rollback()
	doc = frappe.get_doc(SETTINGS)
	doc.update({name: settings.get(name) for name in SET})
	doc.save()
	frappe.db.set_value("Company", COMPANY, "enable_perpetual_inventory", perpetual)
	forget()
	frappe.db.commit()


def set_account(warehouse: str) -> None:
	"""Give a warehouse an account of its own."""
	parent = frappe.db.get_value(
		"Account", frappe.db.get_value("Company", COMPANY, "default_inventory_account"), "parent_account"
	)
	values = {"account_name": unique("Stock"), "parent_account": parent, "account_type": "Stock"}
	account = insert("Account", {**values, "company": COMPANY}, {}).name
	frappe.db.set_value("Warehouse", warehouse, "account", account)


def forget() -> None:
	for doctype in ("Stock Settings", "Accounts Settings"):
		frappe.clear_document_cache(doctype, doctype)
	frappe.clear_document_cache("Company", COMPANY)
	frappe.local.enable_perpetual_inventory = {}


@contextmanager
def frozen_stock() -> Iterator[None]:
	set_stock_setting("stock_frozen_upto", today())
	frappe.db.commit()
	try:
		yield
	finally:
		frappe.db.rollback()
		set_stock_setting("stock_frozen_upto", None)
		frappe.db.commit()


@contextmanager
def accounting_period() -> Iterator[None]:
	days = {"start_date": add_days(today(), -3), "end_date": add_days(today(), 3)}
	closed = [{"document_type": "Stock Entry", "closed": 1}]
	period = {"period_name": unique("Closed"), "company": COMPANY, "closed_documents": closed}
	period = insert("Accounting Period", {**period, **days}, {})
	frappe.db.commit()
	try:
		yield
	finally:
		frappe.db.rollback()
		frappe.delete_doc("Accounting Period", period.name, force=True)
		frappe.db.commit()


@contextmanager
def frozen_accounts() -> Iterator[None]:
	freeze_accounts(today())
	try:
		yield
	finally:
		frappe.db.rollback()
		freeze_accounts(None)


def freeze_accounts(until: str | None) -> None:
	if SIXTEEN:
		frappe.db.set_value("Company", COMPANY, "accounts_frozen_till_date", until)
	else:
		frappe.db.set_single_value("Accounts Settings", "acc_frozen_upto", until)
	forget()
	frappe.db.commit()


CLOSED = [
	(frozen_stock, errors.PostingClosedError),
	(accounting_period, errors.PostingClosedError),
	(frozen_accounts, errors.StockEntryRefusedError),
]
each_way = pytest.mark.parametrize(("closed", "error"), CLOSED, ids=lambda one: one.__name__)


@each_way
def test_a_visit_cannot_be_cancelled_and_stands_whole_until_it_can(world, closed, error):
	visit, need, loan = a_submitted_visit(world)
	before = all_that_stands(world, visit, need, loan)
	assert before == {
		"visit": 1,
		"entries": [1],
		"part": ["Due"],
		"reserved": ["Used"],
		"need": "Used",
		"uses": 1,
		"loan": "Returned",
		"back": ["Taken Back"],
		"loan_entries": [1, 1],
		"stock": (-1, -1, 1),
	}
	with closed(), pytest.raises(error):
		frappe.get_doc("Engineer Visit", visit).cancel()
	assert all_that_stands(world, visit, need, loan) == before
	frappe.get_doc("Engineer Visit", visit).cancel()
	frappe.db.commit()
	assert all_that_stands(world, visit, need, loan) == {
		"visit": 2,
		"entries": [2],
		"part": ["Cancelled"],
		"reserved": ["Reserved"],
		"need": "Reserved",
		"uses": 0,
		"loan": "Lent",
		"back": ["Planned"],
		"loan_entries": [1, 2],
		"stock": (0, 0, 0),
	}
	for warehouse in (world.store, world.places.store, world.places.lent, world.people.van):
		assert_ledger_clean(world.plain, warehouse)


@each_way
def test_the_receipt_of_a_removed_part_stands_until_it_can_be_undone(world, closed, error):
	part = step(swap(world, "plain"), "receive")
	frappe.db.commit()

	def seen() -> tuple[Any, ...]:
		frappe.db.rollback()
		columns = ["status", "warehouse"]
		return (
			*frappe.db.get_value("Removed Part", part.name, columns),
			frappe.db.count("Removed Part Move", {"parent": part.name}),
			frappe.get_all("Stock Entry", {"removed_part": part.name}, pluck="docstatus"),
		)

	before, held = seen(), stock(world.plain, world.defective)
	assert before == ("Received", world.defective, 2, [1])
	with closed(), pytest.raises(error):
		moves.undo(part.name)
	assert (seen(), stock(world.plain, world.defective)) == (before, held)
	moves.undo(part.name)
	frappe.db.commit()
	assert seen() == ("Due", None, 3, [2])
	assert stock(world.plain, world.defective) == held - 1
	assert_ledger_clean(world.plain, world.defective)


@each_way
def test_the_return_of_a_loan_stands_until_it_can_be_undone(world, closed, error):
	loan = lend(make_loan({"item_code": world.plain}))
	loan = take_back.take_back(loan.name, all_of(loan, to_warehouse=world.places.inspection))
	frappe.db.commit()

	def seen() -> tuple[Any, ...]:
		frappe.db.rollback()
		return of_loan(loan.name), stock(world.plain, world.places.inspection)

	(before, held) = seen()
	assert before == ("Returned", ["Taken Back"], [1, 1])
	with closed(), pytest.raises(error):
		take_back.undo(loan.name, loan.returns[0].stock_entry, "Wrong device")
	assert seen() == (before, held)
	take_back.undo(loan.name, loan.returns[0].stock_entry, "Wrong device")
	frappe.db.commit()
	assert seen() == (("Lent", ["Undone"], [1, 2]), held - 1)
	assert_ledger_clean(world.plain, world.places.inspection)


def a_submitted_visit(world: SimpleNamespace) -> tuple[str, str, str]:
	"""A visit, the need for which it used a reserved part, and the loan that came back with it."""
	case = make_case_on(world.unit).name  # of its own: an older need of the same case would be served first
	need = make_part_need(item_code=world.plain, service_request=case)
	reserving.reserve(case, [need.name], world.store)
	loan = lend(make_loan({"item_code": world.plain}))
	row = {"item_code": world.plain, "qty": 1, "warehouse": world.store, "removed_qty": 1}
	visit = make_done_visit(
		{**row, "removed_goes_to": "Back to Us"},
		service_request=case,
		engineer=world.people.engineer,
		visit_type="On Site",
	)
	piece = loan.pieces[0].name
	back = {"piece": piece, "qty": 1, "condition": "Good", "to_warehouse": world.people.van}
	desk_api.plan_returns(visit.name, loan.name, [back])
	world.before = places_of(world)
	visit.reload().submit()
	frappe.db.commit()
	return visit.name, need.name, loan.name


def places_of(world: SimpleNamespace) -> list[float]:
	places = (world.store, world.places.lent, world.people.van)
	return [stock(world.plain, place) for place in places]


def all_that_stands(world: SimpleNamespace, visit: str, need: str, loan: str) -> dict[str, Any]:
	frappe.db.rollback()  # only what is stored counts
	doc = frappe.get_doc("Engineer Visit", visit)
	decisions = frappe.get_all("Coverage Decision", {"engineer_visit": visit}, pluck="name")
	status, back, loan_entries = of_loan(loan)
	used = {"contract": world.contract.name, "reference_name": ("in", [visit, *decisions])}
	latest = frappe.get_all(
		"Part Reservation", {"part_need": need}, ["held", "ended_as"], order_by="name desc", limit=1
	)
	return {
		"visit": int(doc.docstatus),
		"entries": frappe.get_all("Stock Entry", {"engineer_visit": visit}, pluck="docstatus"),
		"part": [part.status for part in parts_of(doc)],
		"reserved": ["Reserved" if row.held else row.ended_as for row in latest],
		"need": frappe.db.get_value("Part Need", need, "status"),
		"uses": sum(frappe.get_all("Service Contract Use", used, pluck="qty")),
		"loan": status,
		"back": back,
		"loan_entries": loan_entries,
		"stock": tuple(now - then for now, then in zip(places_of(world), world.before, strict=True)),
	}


def of_loan(name: str) -> tuple[str, list[str], list[int]]:
	doc = frappe.get_doc("Equipment Loan", name)
	entries = frappe.get_all("Stock Entry", {"equipment_loan": name}, pluck="docstatus", order_by="creation")
	return doc.status, [row.state for row in doc.returns], entries
