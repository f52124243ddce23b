"""The demo: complete, repeatable, consistent with ERPNext's ledgers, and silent towards the outside."""

import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise

import frappe
import pytest
from frappe.utils import flt, getdate
from frappe.utils.password import check_password

from support_service import demo
from support_service.demo import goods, guide
from support_service.demo.base import PASSWORD
from support_service.demo.cases import STORIES, case_of
from support_service.demo.customers import customer_of
from support_service.demo.goods_data import INSTALLED, VAN_STOCK
from support_service.demo.level_data import DUTY, DUTY_WEEKS, KEY_PERIODS, POLICIES
from support_service.demo.story import BOARD, ENGINEER, FAN, stock
from support_service.service_coverage.warranty import store as warranty_store
from support_service.service_level.clock.rules import State
from support_service.support_service.lifecycle import Status

COUNTED = (
	"Call Log",
	"Coverage Decision",
	"Customer",
	"Delivery Note",
	"Engineer Visit",
	"Equipment Loan",
	"Installed Unit",
	"Part Need",
	"Purchase Receipt",
	"Removed Part",
	"Serial No",
	"Service Calendar",
	"Service Call",
	"Service Call Back",
	"Service Clock",
	"Service Clock Entry",
	"Service Contract",
	"Service Contract Use",
	"Service Duty Shift",
	"Service Level Policy",
	"Service Message",
	"Service Request",
	"Service Request Move",
	"Service Warranty",
	"Service Warranty Entry",
	"Stock Entry",
	"User",
	"Van Count",
	"Warranty Policy",
)
SETTINGS = ("default_team", "default_queue", "company_defaults", "routing_rules")


LOAD = """
import sys, frappe
frappe.init(sys.argv[1])
frappe.connect()
frappe.local.conf.throttle_user_limit = 100_000  # other tests may have made their 60 users of this hour
from support_service import demo
demo.load()
"""


@pytest.fixture(scope="module")
def loaded(site: str) -> Iterator[None]:
	"""The demo on the test site. It commits; what it fills in the settings is taken back for the other tests."""
	before = frappe.get_doc("Support Service Settings").as_dict()
	# in a process of its own, as `bench execute` does it: in tests Frappe and ERPNext keep less in memory
	subprocess.run([sys.executable, "-c", LOAD, site], check=True)
	frappe.db.rollback()
	yield
	frappe.db.rollback()
	frappe.set_user("Administrator")
	settings = frappe.get_doc("Support Service Settings")
	settings.update({name: before.get(name) for name in SETTINGS})
	settings.save()
	frappe.db.commit()


pytestmark = pytest.mark.usefixtures("loaded")


def demo_cases() -> list[frappe._dict]:
	return frappe.get_all(
		"Service Request",
		{"intake_key": ("like", "%:demo-%")},
		["name", "status", "raised_on", "reopen_count"],
	)


def test_cases_in_every_state():
	cases = demo_cases()
	assert len(cases) == len(STORIES)
	assert {case.status for case in cases} == set(Status)
	assert any(case.status == "Closed" and case.reopen_count for case in cases)


def test_loading_again_adds_nothing(capsys):
	before = {doctype: frappe.db.count(doctype) for doctype in COUNTED}
	demo.load()
	assert {doctype: frappe.db.count(doctype) for doctype in COUNTED} == before
	assert "17/17" in capsys.readouterr().out


def test_parts_and_devices_on_their_way():
	"""Needs to order and reserved, a return due and one overdue, a loan out and one overdue, a count that waits for the store."""
	cases = [case.name for case in demo_cases()]
	needs = frappe.get_all("Part Need", {"service_request": ("in", cases)}, pluck="status")
	assert sorted(needs) == ["In Van", "Reserved", "Wanted"]
	due = frappe.get_all("Removed Part", {"service_request": ("in", cases), "status": "Due"}, pluck="due_on")
	assert {day < getdate() for day in due} == {True, False}
	out = frappe.get_all(
		"Equipment Loan", {"service_request": ("in", cases), "status": "Lent"}, pluck="until_date"
	)
	assert {day < getdate() for day in out} == {True, False}
	assert frappe.get_all("Van Count", {"status": "Counted", "stock_reconciliation": ("is", "set")})


def test_calls_answered_missed_and_called_back():
	"""The fault that was reported names its case; the hotel waits for one call-back of two calls; the factory was called back."""
	logs = frappe.get_all("Call Log", {"id": ("like", "demo-%")}, pluck="name")
	calls = frappe.get_all("Service Call", {"call_log": ("in", logs)}, ["*"])
	assert sorted(call.state for call in calls) == ["Answered"] * 2 + ["Unanswered"] * 3
	assert all(call.customer and call.started_on <= call.ended_on for call in calls)
	[reported] = [call for call in calls if call.service_request]
	assert reported.service_request == case_of("scanner-stripes") and reported.agent
	backs = frappe.get_all("Service Call Back", {"name": ("in", {call.call_back for call in calls})}, ["*"])
	waiting, done = sorted(backs, key=lambda back: back.state, reverse=True)
	assert (waiting.state, waiting.calls, waiting.customer) == ("Open", 2, customer_of("hotel"))
	assert (done.state, done.calls, done.customer) == ("Done", 1, customer_of("factory"))
	assert done.first_call_on < done.done_on < done.due_by


def test_units_stand_where_their_delivery_note_brought_them():
	for serial, (item, *_rest) in INSTALLED.items():
		unit = frappe.get_doc("Installed Unit", {"serial_no": serial})
		assert unit.item_code == item
		assert frappe.db.get_value("Serial No", serial, "status") == "Delivered"
		assert frappe.db.get_value("Delivery Note", unit.delivery_note, ["customer", "docstatus"]) == (
			unit.customer,
			1,
		)


def test_ledger_tells_the_same_story_as_the_case():
	for case in demo_cases():
		rows = frappe.get_all(
			"Service Request Move",
			{"request": case.name},
			["moved_at", "to_status"],
			order_by="moved_at, creation",
		)
		assert rows[0].moved_at == case.raised_on
		assert rows[-1].to_status == case.status


def clocks_of_demo(*fields: str) -> list[frappe._dict]:
	cases = [case.name for case in demo_cases()]
	return frappe.get_all("Service Clock", {"request": ("in", cases)}, list(fields))


def test_promises_in_every_state():
	# whether one is just about to run out depends on the hour and the day of the week
	assert {clock.state for clock in clocks_of_demo("state")} >= set(State) - {State.WARNING}


def test_every_case_is_promised_something_since_it_was_raised():
	started = {
		clock.request: clock.started_at
		for clock in clocks_of_demo("request", "started_at", "kind")
		if clock.kind == "First Response"
	}
	assert started == {case.name: case.raised_on.replace(microsecond=0) for case in demo_cases()}


def test_plans_of_two_customers_hold_for_their_cases():
	for policy, (customer, *_rest) in POLICIES.items():
		assert frappe.get_all(
			"Service Request",
			{
				"customer": customer_of(customer),
				"service_level_policy": policy,
				"intake_key": ("like", "%:demo-%"),
			},
		)


def test_a_key_period_lies_ahead():
	for calendar, (*_days, reason) in KEY_PERIODS.items():
		assert frappe.db.exists("Service Calendar Change", {"parent": calendar, "reason": reason})


def test_somebody_is_on_duty_in_weeks_without_a_gap():
	for team in DUTY:
		shifts = frappe.get_all(
			"Service Duty Shift",
			{"parent": frappe.db.get_value("Service Team", {"team_name": team})},
			["starts_on", "ends_on"],
			order_by="starts_on",
		)
		assert len(shifts) == DUTY_WEEKS
		assert all(shift.ends_on == following.starts_on for shift, following in pairwise(shifts))


def test_vans_hold_what_the_ledger_says():
	for login, parts in VAN_STOCK.items():
		van = goods.van_of(login)
		for code in parts:
			moved = frappe.get_all(
				"Stock Ledger Entry",
				{"item_code": code, "warehouse": van, "is_cancelled": 0},
				pluck="actual_qty",
			)
			assert stock(code, van) == flt(sum(moved)) >= 0


def test_parts_left_stock_through_one_stock_entry_per_visit():
	visits = frappe.get_all(
		"Engineer Visit",
		{
			"service_request": ("in", [case.name for case in demo_cases()]),
			"docstatus": 1,
			"parts_cost": (">", 0),
		},
		["name", "stock_entry"],
	)
	assert len(visits) >= 6
	for visit in visits:
		made = frappe.get_all("Stock Entry", {"engineer_visit": visit.name, "docstatus": 1}, pluck="name")
		assert made == [visit.stock_entry]


def test_nothing_leaves_the_site():
	cases = [case.name for case in demo_cases()]
	assert not frappe.db.exists("Service Message", {"request": ("in", cases), "status": ("!=", "Skipped")})
	assert not frappe.db.exists("Service Request Move", {"request": ("in", cases), "told": 0})


def test_the_story_ends_closed_and_takes_parts_out_of_the_van(capsys):
	van = goods.van_of(ENGINEER)
	before = {code: stock(code, van) for code in (FAN, BOARD)}
	case = demo.play_story()
	frappe.set_user("Administrator")
	assert frappe.db.get_value("Service Request", case, ["status", "reopen_count"]) == ("Closed", 1)
	assert {code: stock(code, van) for code in (FAN, BOARD)} == {
		code: qty - 1 for code, qty in before.items()
	}
	told = capsys.readouterr().out
	for doctype in ("Engineer Visit", "Service Survey"):
		for name in frappe.get_all(doctype, {"service_request": case}, pluck="name"):
			assert name in told
	assert f"{before[FAN]:g} → {before[FAN] - 1:g}" in told


def test_the_story_fills_an_empty_van(capsys):
	van = goods.van_of(ENGINEER)
	entry = frappe.get_doc(
		{
			"doctype": "Stock Entry",
			"stock_entry_type": "Material Issue",
			"company": frappe.db.get_value("Warehouse", van, "company"),
			"items": [{"item_code": FAN, "qty": stock(FAN, van), "s_warehouse": van}],
		}
	).insert()
	entry.submit()
	frappe.db.commit()
	case = demo.play_story()
	assert "fills up the van" in capsys.readouterr().out
	assert frappe.db.get_value("Service Request", case, "status") == "Closed"


def test_the_guide_names_logins_that_work(capsys):
	demo.print_guide("http://localhost:8000")
	told = capsys.readouterr().out
	assert PASSWORD in told
	for _role, login, path, _what in guide.TOUR:
		assert login in told and f"http://localhost:8000{path}" in told
		assert check_password(login, PASSWORD) == login


def test_stories_have_keys_of_their_own():
	assert len({case_of(story.key) for story in STORIES}) == len(STORIES)


def test_warranties_stand_in_every_state():
	units = frappe.get_all("Installed Unit", {"serial_no": ("in", list(INSTALLED))}, pluck="name")
	rows = frappe.get_all("Service Warranty", {"installed_unit": ("in", units)}, ["*"])
	states = {warranty_store.status_today(row) for row in rows if not row.fitted_part}
	assert states == {"Pending", "Active", "Suspended", "Expired", "Void"}
	assert any(row.fitted_part for row in rows)


def test_a_customer_is_asked_to_accept_a_charge(loaded):
	cases = frappe.get_all("Service Request", {"intake_key": ("like", "%:demo-%")}, pluck="name")
	[asked] = frappe.get_all(
		"Coverage Decision",
		{"acceptance": "Asked", "service_request": ("in", cases)},
		["service_request", "charged_amount", "stage"],
	)
	assert asked.stage == "Before Work" and asked.charged_amount > 0
	message = frappe.get_all("Service Message", {"request": asked.service_request}, pluck="status")
	assert set(message) == {"Skipped"}
