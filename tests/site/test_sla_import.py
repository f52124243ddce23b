"""ERPNext's Service Level Agreements become policies: once, honestly reported, and without a trace of a dry run."""

import frappe
import pytest

from support_service.constants.roles import LEAD, MANAGER
from support_service.service_level import sla_import
from support_service.service_level.api import import_agreements
from support_service.service_level.policy import policies
from tests.factories import make_customer, make_service_level_policy, make_user, unique

WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


@pytest.fixture(autouse=True)
def erpnext_with_agreements():
	frappe.db.set_single_value("Support Settings", "track_service_level_agreement", 1)
	for priority in ("Low", "Medium", "High", "Urgent"):
		if not frappe.db.exists("Issue Priority", priority):
			frappe.get_doc({"doctype": "Issue Priority", "name": priority}).insert()


@pytest.fixture
def holidays():
	days = {
		"doctype": "Holiday List",
		"holiday_list_name": unique("Holidays"),
		"from_date": "2026-01-01",
		"to_date": "2026-12-31",
		"holidays": [{"holiday_date": "2026-10-01", "description": "National Day"}],
	}
	return frappe.get_doc(days).insert().name


def make_agreement(holidays: str, **overrides):
	customer = make_customer().name
	doc = frappe.get_doc(
		{
			"doctype": "Service Level Agreement",
			"service_level": unique("Level"),
			"document_type": "Issue",
			"holiday_list": holidays,
			"entity_type": "Customer",
			"entity": customer,
			"default_priority": "Medium",
			"apply_sla_for_resolution": 1,
			"priorities": [
				{
					"priority": priority,
					"response_time": hours * 3600,
					"resolution_time": hours * 7200,
					"default_priority": int(priority == "Medium"),
				}
				for priority, hours in (("Low", 24), ("Medium", 4), ("High", 2), ("Urgent", 1))
			],
			"support_and_resolution": [
				{"workday": day, "start_time": "9:00:00", "end_time": "17:00:00"} for day in WEEK
			],
			"pause_sla_on": [{"status": "Replied"}],
			"sla_fulfilled_on": [{"status": "Resolved"}],
			**overrides,
		}
	)
	return doc.insert(ignore_permissions=True)


def imported(agreement):
	return frappe.get_doc("Service Level Policy", {"imported_from": agreement.name})


def run(*agreements, dry_run=False):
	return sla_import.import_agreements([doc.name for doc in agreements], dry_run=dry_run)


def test_an_agreement_becomes_a_policy_that_promises_the_same(holidays):
	agreement = make_agreement(holidays, start_date="2026-01-01", end_date="2026-12-31")
	assert [row["result"] for row in run(agreement)] == [sla_import.CREATED]
	policy = imported(agreement)
	assert (policy.customer, policy.enabled, str(policy.valid_to)) == (agreement.entity, 1, "2026-12-31")
	assert policy.policy_name == agreement.service_level
	calendar = frappe.get_doc("Service Calendar", policy.calendar)
	assert (calendar.holiday_list, calendar.hours_per_day) == (holidays, 8)
	assert calendar.time_zone == frappe.utils.get_system_timezone()
	terms = {promise.kind: promise for promise in policies.terms(policy.name, "Critical")}
	assert terms["First Response"].target == 3600
	assert terms["Repair Complete"].target == 7200
	assert terms["Repair Complete"].pauses_for == ("Waiting for Customer",)


@pytest.mark.parametrize(
	("end", "hours", "results"),
	[
		("23:59:00", 24, [sla_import.CREATED, sla_import.READ_AS]),
		("23:59:59", 24, [sla_import.CREATED, sla_import.READ_AS]),
		("17:00:00", 17, [sla_import.CREATED]),
	],
)
def test_a_day_to_its_end_is_a_whole_day(holidays, end, hours, results):
	days = [{"workday": day, "start_time": "0:00:00", "end_time": end} for day in WEEK]
	agreement = make_agreement(holidays, support_and_resolution=days)
	frappe.clear_messages()
	report = run(agreement)
	assert [row["result"] for row in report] == results
	assert all("Monday, Tuesday, Wednesday" in row["why"] for row in report[1:])
	assert frappe.get_doc("Service Calendar", imported(agreement).calendar).hours_per_day == hours
	assert not [message for message in frappe.get_message_log() if "23:59" in str(message)]


def test_agreements_with_the_same_hours_share_a_calendar(holidays):
	first, second = make_agreement(holidays), make_agreement(holidays)
	other = make_agreement(
		holidays,
		support_and_resolution=[{"workday": "Monday", "start_time": "8:00:00", "end_time": "12:00:00"}],
	)
	run(first, second, other)
	assert imported(first).calendar == imported(second).calendar != imported(other).calendar


def test_a_second_run_writes_nothing_over(holidays):
	agreement = make_agreement(holidays)
	run(agreement)
	assert [row["result"] for row in run(agreement)] == [sla_import.THERE]
	policy = imported(agreement)
	policy.targets[0].target = 99
	policy.save()
	assert [row["result"] for row in run(agreement)] == [sla_import.EDITED]
	assert imported(agreement).targets[0].target == 99


def test_a_dry_run_says_the_same_and_leaves_nothing(holidays):
	first, second = make_agreement(holidays), make_agreement(holidays)
	counts = [frappe.db.count(doctype) for doctype in ("Service Calendar", "Service Level Policy")]
	dry = run(first, second, dry_run=True)
	assert counts == [frappe.db.count(doctype) for doctype in ("Service Calendar", "Service Level Policy")]
	assert dry == run(first, second)


def test_what_would_tie_comes_disabled_and_says_with_whom(holidays):
	agreement = make_agreement(holidays)
	there = make_service_level_policy(scope={"customer": agreement.entity})
	(row,) = run(agreement)
	assert row["result"] == sla_import.DISABLED
	assert there.name in row["why"]
	assert not imported(agreement).enabled


def test_one_that_cannot_be_imported_does_not_stop_the_others(holidays):
	good, bad = make_agreement(holidays), make_agreement(holidays)
	frappe.db.delete("Service Level Priority", {"parent": bad.name})
	report = run(bad, good)
	assert [(row["source"], row["result"]) for row in report if row["what"] == "Agreement"] == [
		(bad.name, sla_import.FAILED),
		(good.name, sla_import.CREATED),
	]


def test_a_condition_and_other_documents_are_reported(holidays):
	conditional = make_agreement(holidays, condition="doc.via_customer_portal == 1")
	rows = run(conditional)
	assert [row["result"] for row in rows] == [sla_import.DISABLED, sla_import.NOT_CARRIED]
	assert "doc.via_customer_portal" in rows[1]["why"]
	frappe.db.set_value("Service Level Agreement", conditional.name, "document_type", "Lead")
	frappe.delete_doc("Service Level Policy", imported(conditional).name)
	assert [row["result"] for row in run(conditional)] == [sla_import.NOT_CARRIED]


def test_only_managers_import(holidays):
	agreement = make_agreement(holidays)
	frappe.set_user(make_user(LEAD).name)
	with pytest.raises(frappe.PermissionError):
		import_agreements(dry_run=True)
	frappe.set_user("Administrator")
	frappe.set_user(make_user(MANAGER).name)
	report = import_agreements(dry_run="false")
	assert sla_import.CREATED in {row["result"] for row in report["rows"] if row["source"] == agreement.name}
	assert imported(agreement).owner == frappe.session.user
