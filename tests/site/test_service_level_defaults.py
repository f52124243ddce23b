"""The calendars and the policy a new site begins with, and that they are the admin's from then on."""

from collections.abc import Iterator

import frappe
import pytest

from support_service.service_level.policy import policies
from support_service.setup import service_levels

HOUR = 3600
TABLES = (
	"Service Level Policy",
	"Service Level Target",
	"Service Escalation Step",
	"Service Calendar",
	"Service Calendar Window",
	"Service Calendar Break",
	"Service Calendar Change",
)


@pytest.fixture(autouse=True)
def site_without_service_levels():
	for table in TABLES:
		frappe.db.delete(table)
	service_levels.seed()


@pytest.fixture
def time_zone() -> Iterator[None]:
	def forget() -> None:
		frappe.clear_document_cache("System Settings", "System Settings")
		frappe.local.system_settings = None
		frappe.cache.delete_value("time_zone")

	frappe.db.set_single_value("System Settings", "time_zone", "Europe/Berlin")
	forget()
	yield
	frappe.db.rollback()
	forget()


def test_the_figures_of_the_plans():
	promised = {
		priority: {terms.kind: terms.target // HOUR for terms in policies.terms("Standard – Fault", priority)}
		for priority in ("Critical", "High", "Low")
	}
	ordinary = {
		"First Response": 24,
		"On Site": 24,
		"Solution Plan": 48,
		"Business Restored": 48,
		"Repair Complete": 48,
		"Specialist Solution": 7 * 8,
		"Report Delivered": 3 * 8,
	}
	assert promised["Low"] == ordinary
	assert promised["High"] == {**ordinary, "First Response": 2}
	assert promised["Critical"] == {**ordinary, "First Response": 2, "On Site": 12}
	hours = dict(frappe.get_all("Service Calendar", fields=["name", "hours_per_day"], as_list=True))
	assert hours == {"7×24": 24, "5×8": 8, "7×18": 18}
	assert policies.choose({}) == "Standard"
	assert policies.choose({"request_type": "Fault"}) == "Standard – Fault"


def test_a_late_repair_is_a_reason_to_lend_a_device():
	steps = {
		policy: frappe.get_all(
			"Service Escalation Step", {"parent": policy, "action": "Propose Loan"}, pluck="clock"
		)
		for policy in frappe.get_all("Service Level Policy", pluck="name")
	}
	assert steps.pop("Standard – Fault") == steps.pop("Standard – Repair") == ["Repair Complete"]
	assert not any(steps.values())


def test_an_answer_never_waits_for_the_customer():
	waits = {terms.kind: terms.pauses_for for terms in policies.terms("Standard – Fault", "Low")}
	assert waits.pop("First Response") == ()
	assert set(waits.values()) == {("Waiting for Customer",)}


def test_what_an_admin_changed_stays():
	policy = frappe.get_doc("Service Level Policy", "Standard")
	policy.targets = policy.targets[:1]
	policy.save()
	service_levels.seed()
	assert len(frappe.get_doc("Service Level Policy", "Standard").targets) == 1
	frappe.db.delete("Service Level Policy")
	service_levels.seed()
	assert not frappe.db.exists("Service Level Policy", "Standard"), (
		"calendars are there, so the site is not new"
	)


def test_the_time_zone_of_the_setup_wizard_reaches_calendars_nobody_has_edited(time_zone):
	edited = frappe.get_doc("Service Calendar", "7×18")
	before = edited.time_zone
	edited.description = "Ours"
	edited.save()
	service_levels.follow_time_zone({})
	zones = dict(frappe.get_all("Service Calendar", fields=["name", "time_zone"], as_list=True))
	assert zones == {"7×24": "Europe/Berlin", "5×8": "Europe/Berlin", "7×18": before}
