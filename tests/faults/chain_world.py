"""What the steps of a part's way are taken with, and what can be seen of it afterwards: a visit, a need, a removed part, a charge, a van."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from types import SimpleNamespace
from typing import Any

import frappe
from frappe.utils import add_to_date, now_datetime

from support_service.service_charging.decision import acceptance, sales
from support_service.service_parts.loans import desk_api as loan_pages
from support_service.service_parts.needs import reserving
from support_service.service_parts.removed import moves
from support_service.service_parts.vans import api as vans
from tests.factories import (
	company,
	insert,
	make_done_visit,
	make_installed_unit,
	make_item,
	make_part_need,
	make_service_engineer,
	make_service_team,
	make_stock_receipt,
	make_user,
	make_warehouse,
	unique,
)
from tests.site.coverage_world import make_case_on, make_price, make_terms
from tests.site.loan_world import crew as loan_crew
from tests.site.loan_world import lend, make_loan, set_places
from tests.site.removed_world import make_store, step, swap

# of the settings, what this world changes
SET = (
	"charge_policy",
	"company_defaults",
	"make_timesheets",
	"submit_timesheets",
	"labour_activity",
	"travel_activity",
	"loan_days",
	"loan_reminder_days",
	"loan_lead_days",
	"loan_manager_days",
	"remind_customer_of_loans",
)


@contextmanager
def chain() -> Iterator[SimpleNamespace]:
	"""One company with everything in its settings: stores, places of loans, prices, Timesheets. They are put back afterwards."""
	frappe.db.rollback()
	settings = frappe.get_doc("Support Service Settings").as_dict()
	made = make_store()
	make_terms(defective_warehouse=made.defective, parts_warehouse=made.store)
	people, places = loan_crew(), set_places()
	activity = insert("Activity Type", {"activity_type": unique("Work"), "costing_rate": 40}, {}).name
	doc = frappe.get_doc("Support Service Settings")
	doc.update({"make_timesheets": 1, "submit_timesheets": 1, "labour_activity": activity})
	doc.update({"travel_activity": activity})
	doc.save()
	frappe.db.set_value("Service Engineer", people.engineer, "employee", make_employee())
	make_price(made.plain, 100)
	for warehouse in (made.warehouse, made.store, made.defective, places.store, people.van):
		make_stock_receipt(made.plain, warehouse, 500)
	team = make_service_team(lead=make_user("After-Sales Lead").name)
	giver, taker = (make_service_engineer(team=team.name, van_warehouse=None) for _ in range(2))
	made.people, made.places, made.giver, made.taker, made.hours = people, places, giver, taker, count(1)
	frappe.db.commit()
	try:
		yield made
	finally:
		frappe.db.rollback()
		doc = frappe.get_doc("Support Service Settings")
		doc.update({name: settings.get(name) for name in SET})
		doc.save()
		frappe.db.commit()


def make_employee() -> str:
	values = {
		"first_name": unique("Engineer"),
		"company": company(),
		"gender": frappe.db.get_value("Gender", {}, "name"),
		"date_of_birth": "1990-01-01",
		"date_of_joining": "2020-01-01",
	}
	return insert("Employee", values, {}).name


def submitted(doctype: str, **filters: Any) -> int:
	return frappe.db.count(doctype, {**filters, "docstatus": 1})


# a visit that drew and removed a part, took a loan back and wrote hours down is cancelled


def a_submitted_visit(world: SimpleNamespace) -> str:
	loan = lend(make_loan({"item_code": world.plain}))
	arrived = add_to_date(now_datetime(), hours=-2 * next(world.hours))
	row = {"item_code": world.plain, "qty": 1, "warehouse": world.warehouse, "removed_qty": 1}
	visit = make_done_visit(
		{**row, "removed_goes_to": "Back to Us"},
		service_request=world.people.case,
		engineer=world.people.engineer,
		arrived_at=arrived,
		left_at=add_to_date(arrived, hours=1),
		work_minutes=60,
		outcome="Not Solved",
	)
	back = [{"piece": loan.pieces[0].name, "qty": 1, "condition": "Good", "to_warehouse": world.people.van}]
	loan_pages.plan_returns(visit.name, loan.name, back)
	visit.reload().submit()
	return visit.name


def seen_of_visit(visit: str) -> tuple[Any, ...]:
	loan = frappe.db.get_value("Equipment Loan Return", {"engineer_visit": visit}, "parent")
	return (
		frappe.db.get_value("Engineer Visit", visit, "docstatus"),
		submitted("Stock Entry", engineer_visit=visit),
		submitted("Timesheet", engineer_visit=visit),
		frappe.get_all("Removed Part", {"engineer_visit": visit}, pluck="status"),
		frappe.db.get_value("Equipment Loan", loan, "status"),
	)


# what a case needs


def a_need(world: SimpleNamespace, item: str | None = None, reserved: bool = False) -> str:
	need = make_part_need(item_code=item or world.plain, service_request=world.people.case)
	if reserved:
		reserving.reserve(need.service_request, [need.name], world.store)
	return need.name


def of_case(act: Callable[..., Any], *more: Any) -> Callable[[str], Any]:
	return lambda need: act(frappe.db.get_value("Part Need", need, "service_request"), [need], *more)


def reserved(need: str) -> list[float]:
	return frappe.get_all("Part Reservation", {"part_need": need, "held": 1}, pluck="qty")


def requested(need: str) -> tuple[list[float], list[float]]:
	asked = frappe.get_all("Material Request Item", {"part_need": need, "docstatus": ("<", 2)}, pluck="qty")
	return reserved(need), asked


# a removed part


def a_part(world: SimpleNamespace, *steps: str) -> str:
	part = swap(world, "plain")
	frappe.db.set_value(part.doctype, part.name, "supplier", world.supplier)
	for action in steps:
		part = step(part, action)
	return part.name


def moving(action: str, reason: str | None = None) -> Callable[[str], Any]:
	return lambda part: moves.apply_move(part, action, reason=reason)


def seen_of_part(part: str) -> tuple[Any, ...]:
	entries = frappe.get_all("Stock Entry", {"removed_part": part, "docstatus": 1}, pluck="name")
	ledger = {"voucher_no": ("in", [*entries, ""]), "is_cancelled": 0}
	status = frappe.db.get_value("Removed Part", part, "status")
	rows = frappe.db.count("Removed Part Move", {"parent": part})
	return status, rows, len(entries), frappe.db.count("Stock Ledger Entry", ledger)


# what is charged


def an_accepted_sale(world: SimpleNamespace) -> str:
	doc = sales.offer(make_case_on(make_installed_unit()).name, [{"item_code": world.plain, "qty": 2}])
	acceptance.answer(doc.name, accepted=True, how=acceptance.PHONE, by="Administrator", note="Yes")
	return doc.name


def charged_work(world: SimpleNamespace) -> str:
	visit = make_done_visit(
		{"item_code": world.plain, "qty": 1, "warehouse": world.warehouse},
		service_request=make_case_on(make_installed_unit()).name,
		engineer=world.giver.name,
		work_minutes=60,
	)
	visit.submit()
	return visit.reload().coverage_decision


def documents(doctype: str, link: str) -> Callable[[str], Any]:
	def look(decision: str) -> tuple[int, bool]:
		rows = set(frappe.get_all(f"{doctype} Item", {"coverage_decision": decision}, pluck="parent"))
		return len(rows), frappe.db.get_value("Coverage Decision", decision, link) in rows

	return look


# a van


def a_van(world: SimpleNamespace) -> str:
	van, item = make_warehouse().name, make_item().name
	make_stock_receipt(item, van, 5)
	frappe.db.set_value("Service Engineer", world.giver.name, "van_warehouse", van)
	frappe.db.set_value("Service Engineer", world.taker.name, "van_warehouse", None)
	return item


def a_count(world: SimpleNamespace, finished: bool = False) -> str:
	item = a_van(world)
	name = vans.begin_count(world.giver.name)["name"]
	vans.enter(name, item, 3)
	if finished:
		vans.finish_count(name)
	return name


def post(van_count: str) -> None:
	name = frappe.db.get_value("Stock Reconciliation", {"van_count": van_count})
	doc = frappe.get_doc("Stock Reconciliation", name)
	if not doc.docstatus:
		doc.submit()


def seen_of_count(name: str) -> tuple[Any, ...]:
	drafts = frappe.get_all("Stock Reconciliation", {"van_count": name}, ["name", "docstatus"])
	ledger = {"voucher_no": ("in", [*(row.name for row in drafts), ""]), "is_cancelled": 0}
	status = frappe.db.get_value("Van Count", name, "status")
	return status, [row.docstatus for row in drafts], frappe.db.count("Stock Ledger Entry", ledger)


def a_handover(world: SimpleNamespace) -> str:
	item = a_van(world)
	sides = {"from_engineer": world.giver.name, "to_engineer": world.taker.name}
	doc = frappe.get_doc({"doctype": "Van Handover", **sides}).insert()
	vans.enter(doc.count, item, 5)
	vans.finish_count(doc.count)
	vans.confirm_handover(doc.name, "from", "On leave")
	return doc.name


def seen_of_handover(name: str) -> tuple[str, bool, bool]:
	doc = frappe.get_doc("Van Handover", name)
	has = [
		bool(frappe.db.get_value("Service Engineer", engineer, "van_warehouse"))
		for engineer in (doc.from_engineer, doc.to_engineer)
	]
	return (doc.status, *has)
