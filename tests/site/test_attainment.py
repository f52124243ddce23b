"""The report of kept promises: honest counts, and everybody counts only what they may see."""

import frappe
import pytest
from frappe.desk.query_report import run
from frappe.utils import add_days, now_datetime

from support_service.constants.roles import CUSTOMER, ENGINEER, LEAD
from support_service.service_level.report.service_level_attainment import service_level_attainment as report
from tests.factories import (
	make_customer,
	make_customer_user,
	make_service_engineer,
	make_service_request,
	make_service_team,
	unique,
)

COLUMNS = ["name", "request", "kind", "state", "customer", "team", "engineer_user", "priority", "started_at"]


def make_clocks(case, *clocks, started=None):
	"""Rows as the writer of clocks stores them: (kind, state), of `case`."""
	started = started or now_datetime()
	lent = [case.customer, case.team, case.engineer_user, case.priority, started]
	values = [[unique("Clock"), case.name, kind, state, *lent] for kind, state in clocks]
	frappe.db.bulk_insert("Service Clock", COLUMNS, values)


@pytest.fixture
def case():
	made = make_service_request()
	frappe.db.delete("Service Clock", {"request": made.name})
	return made


def rows_of(**filters):
	return {row["clock"]: row for row in report.execute(filters)[1]}


def test_each_clock_is_its_own_promise(case):
	make_clocks(case, ("First Response", "Missed"), ("Repair Complete", "Met"), ("On Site", "Not Needed"))
	rows = rows_of(customer=case.customer)
	assert list(rows) == ["First Response", "On Site", "Repair Complete"]
	assert (rows["First Response"]["missed"], rows["First Response"]["percent_met"]) == (1, 0)
	assert (rows["Repair Complete"]["met"], rows["Repair Complete"]["percent_met"]) == (1, 100)
	assert (rows["On Site"]["promises"], rows["On Site"]["percent_met"]) == (0, None)


def test_filters_and_chart_and_summary(case):
	yesterday = add_days(now_datetime(), -1)
	make_clocks(case, ("First Response", "Met"), ("On Site", "Overdue"))
	make_clocks(case, ("First Response", "Met"), ("First Response", "Running"), started=yesterday)
	today = now_datetime().date()
	assert rows_of(customer=case.customer)["First Response"]["promises"] == 3
	assert rows_of(customer=case.customer, from_date=today)["First Response"]["promises"] == 1
	assert rows_of(customer=case.customer, to_date=add_days(today, -1))["First Response"]["promises"] == 2
	assert list(rows_of(customer=case.customer, kind="On Site")) == ["On Site"]
	_columns, _rows, _message, chart, summary = report.execute({"customer": case.customer})
	assert [dataset["values"] for dataset in chart["data"]["datasets"]] == [[2, 0], [0, 1]]
	assert [card["value"] for card in summary] == ["66.7 %", 4, 2, 1, 1]


@pytest.mark.parametrize("group", list(report.GROUPS))
def test_groups(case, group):
	make_clocks(case, ("First Response", "Met"))
	make_clocks(case, ("First Response", "Missed"), started="2026-01-15 10:00:00")
	columns, rows, *_rest = report.execute({"customer": case.customer, "group_by": group})
	field = report.GROUPS[group][0]
	assert columns[1]["fieldname"] == field
	assert len(rows) == (2 if group == "Month" else 1)
	assert rows[0][field] == {
		"team": case.team,
		"customer": case.customer,
		"priority": case.priority,
		"month": "2026-01",
	}.get(field)


def test_an_unknown_grouping_is_refused_rather_than_run():
	with pytest.raises(report.UnknownGroupingError):
		report.execute({"group_by": "name) --"})


@pytest.mark.parametrize("named", ["Team", "100% Team", "%s Team"])
def test_everybody_counts_what_they_may_see(named):
	"""Also where the team's name, which stands in every condition, reads like a placeholder."""
	customer = make_customer().name
	team = make_service_team(team_name=unique(named), department_queue="After-Sales")
	other = make_service_team(department_queue="Technical Support")
	engineer = make_service_engineer(team=team.name)
	for owner in (team, other):
		case = make_service_request(customer=customer)
		place = {"team": owner.name, "department_queue": owner.department_queue}
		frappe.db.set_value("Service Request", case.name, place)
		frappe.db.delete("Service Clock", {"request": case.name})
		make_clocks(case.reload() or case, ("First Response", "Met"))
	assert rows_of(customer=customer)["First Response"]["promises"] == 2
	for user, role in ((engineer.user, ENGINEER), (team.lead, LEAD)):
		frappe.set_user(user)
		for group in ("", *report.GROUPS):
			found = rows_of(customer=customer, group_by=group)["First Response"]
			assert found["promises"] == 1, (role, group)
		found = rows_of(customer=customer, from_date=add_days(now_datetime(), -1))["First Response"]
		assert found["promises"] == 1, role
		assert len(frappe.get_list("Service Clock", {"customer": customer})) == 1, role


def test_customers_have_no_report():
	customer = make_customer().name
	frappe.set_user(make_customer_user(customer).name)
	assert CUSTOMER in frappe.get_roles()
	with pytest.raises(frappe.PermissionError):
		run("Service Level Attainment", {})
