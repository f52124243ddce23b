"""What the desk ships as records: workspace, cards, charts, board, calendar; and the functions behind the forms."""

import json

import frappe
import pytest
from frappe.desk.doctype.dashboard_chart.dashboard_chart import get as chart_data
from frappe.desk.doctype.dashboard_chart_source.dashboard_chart_source import get_config
from frappe.desk.doctype.kanban_board.kanban_board import update_order_for_single_card
from frappe.desk.doctype.number_card.number_card import get_result
from frappe.utils import add_to_date, now_datetime

from support_service.field_service import api
from support_service.field_service.errors import VisitWindowError
from support_service.foundation import instants
from support_service.service_level.clock import clocks
from support_service.service_level.clock.rules import Event
from support_service.support_service import kanban
from support_service.support_service.api import open_cases_by_status
from support_service.support_service.errors import MoveNotAllowedError
from support_service.support_service.moves import apply_move
from tests.factories import (
	make_engineer_visit,
	make_service_engineer,
	make_service_level_policy,
	make_service_request,
	make_service_team,
	make_user,
)
from tests.site.clock_world import round_the_clock

WORKSPACE = "After-Sales Service"
STAFF = ["Service Desk Agent", "Service Engineer", "After-Sales Lead", "Service Manager"]
CARDS = [
	"My Open Cases",
	"New Cases to Assign",
	"Critical Cases Open",
	"Overdue Promises",
	"Promises Due Soon",
	"Cases in Progress",
	"Cases Waiting",
	"Cases Awaiting an Answer",
	"Visits Today",
	"Parts to Order",
	"Warranties Expiring Soon",
	"Contracts Expiring Soon",
]


def make_lead() -> tuple[str, str]:
	"""A lead and the team they lead."""
	lead = make_user("After-Sales Lead").name
	return lead, make_service_team(lead=lead).name


def test_the_workspace_is_for_staff_only():
	doc = frappe.get_doc("Workspace", WORKSPACE)
	assert sorted(row.role for row in doc.roles) == sorted(STAFF)
	assert (doc.public, doc.module) == (1, "Support Service")


def test_everything_the_workspace_shows_exists_and_belongs_to_our_modules():
	doc = frappe.get_doc("Workspace", WORKSPACE)
	modules = frappe.get_module_list("support_service")
	for row in doc.number_cards:
		assert frappe.db.get_value("Number Card", row.number_card_name, "module") in modules
	for row in doc.charts:
		assert frappe.db.get_value("Dashboard Chart", row.chart_name, "module") in modules
	for row in [*doc.links, *doc.shortcuts]:
		if row.get("link_to"):
			kind = row.get("link_type") or row.get("type")
			assert frappe.db.exists(kind, row.link_to), row.link_to
	shown = [block["data"] for block in json.loads(doc.content)]
	assert {data["number_card_name"] for data in shown if "number_card_name" in data} == set(CARDS)
	blocks = {row.custom_block_name for row in doc.custom_blocks}
	assert {data["custom_block_name"] for data in shown if "custom_block_name" in data} == blocks
	assert all(frappe.db.exists("Custom HTML Block", name) for name in blocks)
	labels = {row.label for row in doc.shortcuts}
	assert {data["shortcut_name"] for data in shown if "shortcut_name" in data} == labels


def card(name: str) -> int:
	doc = frappe.get_doc("Number Card", name)
	return get_result(doc.as_json(), doc.filters_json)


@pytest.mark.parametrize(
	("name", "actions"),
	[
		("New Cases to Assign", ()),
		("Cases in Progress", ("assign",)),
		("Cases in Progress", ("assign", "start")),
		("Cases Waiting", ("assign", "start", "wait_for_parts")),
	],
)
def test_a_case_counts_on_the_card_of_its_status(name, actions):
	before = card(name)
	case = make_service_request().name
	for action in actions:
		engineer = make_service_engineer().name if action == "assign" else None
		apply_move(case, action, engineer=engineer, reason="because")
	assert card(name) == before + 1


def test_a_promise_counts_on_the_card_of_its_state():
	before = card("Overdue Promises")
	case = make_service_request(customer=make_service_level_policy(calendar=round_the_clock()).customer)
	assert card("Overdue Promises") == before
	an_hour_late = instants.now() - 5 * 3600
	clocks.correct(f"{case.name}-FR", Event.START_CORRECTED, an_hour_late, "noted late")
	assert card("Overdue Promises") == before + 1
	assert card("Promises Due Soon") == frappe.db.count("Service Clock", {"state": "Warning"})


def test_visits_today_are_counted():
	before = card("Visits Today")
	make_engineer_visit()
	make_engineer_visit(
		planned_start=add_to_date(now_datetime(), days=3), planned_end=add_to_date(now_datetime(), days=4)
	)
	assert card("Visits Today") == before + 1


def test_the_chart_of_new_cases_gives_figures():
	make_service_request()
	data = chart_data(chart_name="New Cases per Week", refresh=1)
	assert sum(data["datasets"][0]["values"]) >= 1


def test_the_chart_of_open_cases_speaks_the_readers_language():
	make_service_request()
	chart = frappe.get_doc("Dashboard Chart", "Open Cases by Status")
	assert "open_cases_by_status" in get_config(chart.source)
	frappe.local.lang = "zh"
	data = open_cases_by_status()
	figures = dict(zip(data["labels"], data["datasets"][0]["values"], strict=True))
	assert figures["新建"] >= 1
	assert "已关闭" not in figures


def test_the_board_is_seeded_once_and_keeps_an_admins_changes():
	kanban.seed_board()
	frappe.db.set_value("Kanban Board", kanban.BOARD, "show_labels", 0)
	kanban.seed_board()
	board = frappe.get_doc("Kanban Board", kanban.BOARD)
	assert board.show_labels == 0
	options = frappe.get_meta("Service Request").get_field("status").options.split("\n")
	assert [column.column_name for column in board.columns] == options


def drag(case: str, source: str, target: str) -> None:
	update_order_for_single_card(kanban.BOARD, case, source, target, 0, 0)


def test_dragging_a_card_makes_the_move_and_its_ledger_row():
	kanban.seed_board()
	engineer = make_service_engineer()
	case = make_service_request().name
	apply_move(case, "assign", engineer=engineer.name)
	frappe.set_user(engineer.user)
	drag(case, "Assigned", "In Progress")
	assert frappe.db.get_value("Service Request", case, "status") == "In Progress"
	assert frappe.db.exists("Service Request Move", {"request": case, "action": "start"})


def test_a_drag_that_is_no_move_is_refused():
	kanban.seed_board()
	case = make_service_request().name
	with pytest.raises(MoveNotAllowedError):
		drag(case, "New", "Resolved")


def test_the_engineer_picker_puts_the_own_team_and_the_idle_first():
	lead, team = make_lead()
	busy, idle = (make_service_engineer(team=team) for _ in range(2))
	other = make_service_engineer()
	apply_move(make_service_request().name, "assign", engineer=busy.name)
	case = make_service_request(team=team)
	frappe.set_user(lead)
	offered = api.engineers_for(case.name)
	names = [row.name for row in offered]
	assert names[:2] == [idle.name, busy.name]
	assert offered[1].open_cases == 1
	if other.name in names:
		assert not offered[names.index(other.name)].own_team


def test_times_are_stamped_once_and_the_case_starts():
	engineer = make_service_engineer()
	case = make_service_request()
	apply_move(case, "assign", engineer=engineer.name)
	visit = make_engineer_visit(service_request=case.name, engineer=engineer.name).name
	frappe.set_user(engineer.user)
	departed = api.depart(visit)["departed_at"]
	assert frappe.db.get_value("Service Request", case.name, "status") == "In Progress"
	assert api.depart(visit)["departed_at"] == departed
	assert api.arrive(visit)["status"] == "On Site"
	assert api.leave(visit)["left_at"]


@pytest.mark.parametrize("stamp", [api.depart, api.arrive, api.leave])
def test_only_the_visits_own_people_stamp_its_times(stamp):
	visit = make_engineer_visit().name
	frappe.set_user(make_service_engineer().user)
	with pytest.raises(frappe.PermissionError):
		stamp(visit)


def test_a_submitted_visit_keeps_its_times():
	visit = make_engineer_visit(outcome="Customer Not There", unsigned_reason="Nobody was there")
	visit.submit()
	with pytest.raises(VisitWindowError):
		api.leave(visit.name)


def test_the_calendar_shows_what_overlaps_the_window():
	start = add_to_date(now_datetime(), years=3)
	inside = make_engineer_visit(planned_start=start, planned_end=add_to_date(start, hours=2)).name
	make_engineer_visit(
		planned_start=add_to_date(start, days=9), planned_end=add_to_date(start, days=9, hours=1)
	)
	events = api.calendar_events(str(add_to_date(start, hours=1)), str(add_to_date(start, days=1)), "[]")
	assert [event.name for event in events] == [inside]
	assert events[0].calendar_title


def test_a_new_visit_starts_with_what_the_case_knows():
	case = make_service_request()
	engineer = make_service_engineer()
	apply_move(case, "assign", engineer=engineer.name)
	values = api.visit_defaults(case.name)
	assert (values["engineer"], values["customer"]) == (engineer.name, case.customer)
	assert values["planned_end"] > values["planned_start"] > now_datetime()
