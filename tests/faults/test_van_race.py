"""The same count finished and posted twice at once, a hand-over confirmed by both at once, a van filled up twice: one effect each."""

import frappe
import pytest

from support_service.service_parts.vans import api
from tests.effort import times
from tests.factories import (
	insert,
	make_item,
	make_service_engineer,
	make_service_team,
	make_stock_receipt,
	make_user,
	make_warehouse,
	unique,
)
from tests.faults.van_workers import act
from tests.faults.workers import Crew
from tests.faults.world import fresh, stock

ROUNDS = times(few=3, many=60)
SIZES = (2, 4)


@pytest.fixture(scope="module")
def crew(site):
	crew = Crew(site, SIZES, act)
	yield crew
	crew.stop()


@pytest.fixture(scope="module")
def people(site):
	frappe.db.rollback()
	lead = make_user("After-Sales Lead").name
	team = make_service_team(lead=lead).name
	giver, taker = (make_service_engineer(team=team, van_warehouse=None) for _number in range(2))
	store = make_user("Stock User", "Stock Manager").name
	made = frappe._dict(lead=lead, giver=giver, taker=taker, store=store, item=make_item().name)
	frappe.db.commit()
	return made


@pytest.fixture
def van(people):
	"""Five pieces in a van of the giver, committed."""
	van = make_warehouse().name
	make_stock_receipt(people.item, van, 5)
	frappe.db.set_value("Service Engineer", people.giver.name, "van_warehouse", van)
	frappe.db.set_value("Service Engineer", people.taker.name, "van_warehouse", None)
	frappe.db.commit()
	return van


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_count_is_finished_and_posted_once(crew, people, van, size, number):
	frappe.set_user(people.giver.user)
	count = api.begin_count(people.giver.name)["name"]
	api.enter(count, people.item, 3)
	frappe.db.commit()
	finished = crew.submit([(people.giver.user, f"finish|{count}")] * size)
	fresh()
	assert [outcome.error for outcome in finished] == [""] * size, finished
	[draft] = frappe.get_all("Stock Reconciliation", {"van_count": count}, pluck="name")
	posted = crew.submit([(people.store, f"post|{draft}")] * size)
	fresh()
	assert [outcome.error for outcome in posted].count("") == 1, posted
	assert stock(people.item, van) == 3
	assert frappe.db.get_value("Van Count", count, "status") == "In the Books"
	assert frappe.db.count("Stock Ledger Entry", {"voucher_no": draft, "is_cancelled": 0}) == 1


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_hand_over_happens_once(crew, people, van, size, number):
	frappe.set_user(people.lead)
	values = {"from_engineer": people.giver.name, "to_engineer": people.taker.name}
	handover = frappe.get_doc({"doctype": "Van Handover", **values}).insert()
	api.enter(handover.count, people.item, 5)
	api.finish_count(handover.count)
	frappe.db.commit()
	sides = [(people.giver.user, f"from|{handover.name}"), (people.taker.user, f"to|{handover.name}")]
	outcomes = crew.submit(sides * (size // 2))
	fresh()
	assert [outcome.error for outcome in outcomes] == [""] * size, outcomes
	assert frappe.db.get_value("Van Handover", handover.name, "status") == "Handed Over"
	vans = [
		frappe.db.get_value("Service Engineer", engineer.name, "van_warehouse")
		for engineer in (people.giver, people.taker)
	]
	assert vans == [None, van]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("number", range(ROUNDS))
def test_what_lacks_is_requested_once(crew, people, van, size, number):
	rows = [{"item_code": people.item, "min_qty": 9, "max_qty": 20}]
	stock_list = insert("Van Stock List", {"list_name": unique("List"), "items": rows}, {}).name
	frappe.set_user(people.lead)
	api.apply_stock_list(stock_list, [people.giver.name])
	frappe.db.commit()
	outcomes = crew.submit([(people.lead, f"request|{van}~{people.item}")] * size)
	fresh()
	assert [outcome.error for outcome in outcomes] == [""] * size, outcomes
	assert len([outcome.message for outcome in outcomes if outcome.message]) == 1
	requested = frappe.get_all(
		"Material Request Item", {"warehouse": van, "item_code": people.item, "docstatus": 1}, pluck="qty"
	)
	assert requested == [11]


@pytest.fixture(autouse=True)
def as_administrator():
	yield
	frappe.db.rollback()
	frappe.set_user("Administrator")
