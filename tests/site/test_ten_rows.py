"""A visit with ten rows of every kind: submitted it does all of it, cancelled none of it is left, amended all of it is done again."""

from types import SimpleNamespace
from typing import Any

import frappe
import pytest
from erpnext.stock.doctype.batch.batch import get_batch_qty
from frappe.utils import flt

from support_service.installed_base import fitted_parts
from support_service.service_parts.loans import desk_api
from support_service.service_parts.needs import reserving
from tests.factories import (
	COMPANY,
	insert,
	make_done_visit,
	make_item,
	make_part_need,
	make_stock_receipt,
	unique,
)
from tests.ledger_oracle import accounts_of, assert_ledger_clean, stock
from tests.site.coverage_world import make_case_on, make_contract_for, make_price, make_terms
from tests.site.loan_world import crew, lend, make_loan, set_places
from tests.site.removed_world import make_store, parts_of
from tests.site.test_visit_corrections import as_amended_by_desk
from tests.site.visit_world import make_batch

pytestmark = pytest.mark.usefixtures("stock_settings_as_before")


@pytest.fixture
def work(clean_transaction) -> SimpleNamespace:
	"""A van, a unit under contract, a need with its reservation, a device on loan, and an engineer whose hours are written down."""
	people = crew()
	made = make_store()
	make_terms(defective_warehouse=made.defective, parts_warehouse=made.store)
	made.people, made.places = people, set_places()
	activity = insert("Activity Type", {"activity_type": unique("Work"), "costing_rate": 40}, {}).name
	settings = frappe.get_doc("Support Service Settings")
	settings.update({"make_timesheets": 1, "submit_timesheets": 1, "labour_activity": activity})
	settings.update({"travel_activity": activity})
	settings.save()
	frappe.db.set_value("Service Engineer", people.engineer, "employee", make_employee())
	made.needed, made.device = make_item().name, make_item().name
	made.other_batch = make_batch(made.batch)
	make_price(made.plain, 100)
	make_stock_receipt(made.needed, made.store, 3)
	make_stock_receipt(made.batch, made.warehouse, 2, batch_no=made.other_batch)
	make_stock_receipt(made.device, made.places.store, 1)
	unit = frappe.get_doc("Installed Unit", people.unit)
	contract = make_contract_for(unit, {"kind": "Visits", "included": 10})
	made.contract, made.case = contract.name, make_case_on(unit).name
	need = make_part_need(item_code=made.needed, qty=2, service_request=made.case)
	made.need = need.name
	reserving.reserve(made.case, [need.name], made.store)
	made.loan = lend(make_loan({"item_code": made.device})).name
	made.inside = len(fitted_parts.inside_now(people.unit))
	return made


def make_employee() -> str:
	values = {
		"first_name": unique("Engineer"),
		"company": COMPANY,
		"gender": frappe.db.get_value("Gender", {}, "name"),
		"date_of_birth": "1990-01-01",
		"date_of_joining": "2020-01-01",
	}
	return insert("Employee", values, {}).name


def ten_rows(work: SimpleNamespace) -> list[dict[str, Any]]:
	back = {"removed_goes_to": "Back to Us"}
	first, second = work.numbers
	return [
		{"item_code": work.plain, "qty": 1},
		{"item_code": work.plain, "qty": 1, "removed_qty": 1, **back},
		{"item_code": work.serial, "qty": 1, "serial_nos": first, "removed_serial_nos": "OLD-A", **back},
		{"item_code": work.serial, "qty": 1, "serial_nos": second},
		{"item_code": work.batch, "qty": 2, "batch_no": work.batch_no},
		{"item_code": work.batch, "qty": 1, "batch_no": work.other_batch, "removed_qty": 1, **back},
		{"item_code": work.plain, "qty": 1, "kind": "Tool"},
		{"item_code": work.serial, "qty": 1, "kind": "Tool", "serial_nos": "METER-1", "tool_back": 0},
		{"item_code": work.batch, "qty": 1, "kind": "Consumable", "batch_no": work.batch_no},
		{"item_code": work.needed, "qty": 2, "warehouse": work.store},
	]


def test_ten_rows_of_every_kind_cancelled_and_amended(work):
	visit = make_done_visit(
		*ten_rows(work),
		service_request=work.case,
		engineer=work.people.engineer,
		warehouse=work.warehouse,
		visit_type="On Site",
		work_minutes=60,
	)
	piece = frappe.get_doc("Equipment Loan", work.loan).pieces[0].name
	back = {"piece": piece, "qty": 1, "condition": "Good", "to_warehouse": work.people.van}
	desk_api.plan_returns(visit.name, work.loan, [back])
	before = all_of(work, visit.name)
	assert before == NOTHING
	visit.reload().submit()
	assert all_of(work, visit.name) == ALL
	first = vouchers(work, visit.name)
	assert [value_of(name) for name in first] == [1 * 80 * 2 + 2 * 300 + 3 * 12 + 100 + 2 * 100, 0]
	visit.reload().cancel()
	assert all_of(work, visit.name) == {**NOTHING, **CANCELLED}
	assert [accounts_of(name, COMPANY) for name in first] == [{}, {}]
	amended = as_amended_by_desk(frappe.get_doc("Engineer Visit", visit.name))
	amended.insert()
	amended.submit()
	assert all_of(work, amended.name) == ALL
	assert [part.status for part in parts_of(visit)] == ["Cancelled"] * 4
	books_are_clean(work)


NOTHING = {
	"van": (5, 2, 4, 2),
	"store": 3,
	"device": 0,
	"entries": [],
	"removed": [],
	"need": ("Reserved", 0),
	"uses": {},
	"hours": [],
	"inside": 0,
	"loan": ("Lent", ["Planned"]),
}
# what was done once stays on record as cancelled
CANCELLED = {"entries": [2], "removed": ["Cancelled"] * 4, "hours": [2]}
ALL = {
	"van": (3, 0, 1, 1),
	"store": 1,
	"device": 1,
	"entries": [1],
	"removed": ["Due"] * 4,
	"need": ("Used", 2),
	"uses": {"Visits": 1},
	"hours": [1],
	"inside": 6,  # the two plain rows are one line
	"loan": ("Returned", ["Taken Back"]),
}


def all_of(work: SimpleNamespace, visit: str) -> dict[str, Any]:
	"""Everything that the visit does, as it is now."""
	van = work.warehouse
	need = frappe.db.get_value("Part Need", work.need, ["status", "used_qty"])
	loan = frappe.get_doc("Equipment Loan", work.loan)
	return {
		"van": (stock(work.plain, van), stock(work.serial, van), *batches(work)),
		"store": stock(work.needed, work.store),
		"device": stock(work.device, work.people.van),
		"entries": frappe.get_all("Stock Entry", {"engineer_visit": visit}, pluck="docstatus"),
		"removed": frappe.get_all("Removed Part", {"engineer_visit": visit}, pluck="status"),
		"need": need,
		"uses": uses(work),
		"hours": frappe.get_all("Timesheet", {"engineer_visit": visit}, pluck="docstatus"),
		"inside": len(fitted_parts.inside_now(work.people.unit)) - work.inside,
		"loan": (loan.status, [row.state for row in loan.returns]),
	}


def batches(work: SimpleNamespace) -> list[float]:
	return [get_batch_qty(batch, work.warehouse, work.batch) for batch in (work.batch_no, work.other_batch)]


def uses(work: SimpleNamespace) -> dict[str, float]:
	"""Kind → how much of the contract is used."""
	used: dict[str, float] = {}
	for row in frappe.get_all("Service Contract Use", {"contract": work.contract}, ["kind", "qty"]):
		used[row.kind] = used.get(row.kind, 0) + row.qty
	return {kind: qty for kind, qty in used.items() if qty}


def vouchers(work: SimpleNamespace, visit: str) -> list[str]:
	"""The Stock Entry with what was drawn, and the one with which the device came back."""
	loan = frappe.get_doc("Equipment Loan", work.loan)
	return [frappe.db.get_value("Stock Entry", {"engineer_visit": visit}), loan.returns[0].stock_entry]


def value_of(voucher: str) -> float:
	"""What a voucher took out of stock, by its books."""
	amounts = accounts_of(voucher, COMPANY).values()
	assert flt(sum(amounts), 6) == 0
	return sum(amount for amount in amounts if amount > 0)


def books_are_clean(work: SimpleNamespace) -> None:
	for item in (work.plain, work.serial, work.batch):
		assert_ledger_clean(item, work.warehouse)
	assert_ledger_clean(work.needed, work.store)
	for place in (work.places.store, work.places.lent, work.people.van):
		assert_ledger_clean(work.device, place)
