"""Work that fails for one record: tried again, told once, in nobody's way (kind: every sweep with rows that may fail)."""

from __future__ import annotations

from collections.abc import Callable

import frappe
import pytest
from frappe.utils import add_days, add_to_date, now_datetime

from support_service.erpnext_takeover.in_step import issues
from support_service.foundation import batches
from support_service.foundation.postponed import DOCTYPE, LONGEST, Backlog
from support_service.installed_base.deliveries import documents as deliveries
from support_service.installed_base.deliveries import sweep as delivery_sweep
from support_service.service_coverage.contract import billing as contract_billing
from support_service.service_coverage.contract import renewals as contract_renewals
from support_service.service_feedback import surveys
from support_service.service_level.calendar import calendars
from support_service.support_service import moves
from tests import factories
from tests.site import takeover_world as world
from tests.site.test_contract_billing import invoices_of, paid_contract
from tests.site.test_takeover_issues import switched_on

__all__ = ["switched_on"]

WORK = Backlog("Test the backlog", "Issue")


@pytest.fixture(autouse=True)
def tidied(clean_transaction):
	yield
	frappe.db.rollback()
	frappe.db.delete(DOCTYPE)
	frappe.db.commit()


def sweep(wanted: list[str], broken: Callable[[str], bool], limit: int | None = None) -> list[str]:
	"""One run; returns what was tried."""
	tried = []

	def work(name: str) -> None:
		tried.append(name)
		if broken(name):
			raise frappe.ValidationError("cannot")

	batches.one_by_one(wanted, lock=lambda name: True, work=work, backlog=WORK, limit=limit)
	return tried


def all_due(work: Backlog = WORK) -> None:
	frappe.db.set_value(
		DOCTYPE,
		{"work": work.work},
		"next_try",
		add_to_date(now_datetime(), minutes=-1),
		update_modified=False,
	)


def logs(name: str) -> int:
	return frappe.db.count("Error Log", {"reference_name": name})


def rows(name: str) -> list:
	return frappe.get_all(DOCTYPE, {"reference_name": name}, ["work", "attempts", "error", "next_try"])


def test_what_fails_steps_back_and_everything_is_reached():
	names = [f"N{number}" for number in range(10)]
	broken = set(names[:6])
	assert sweep(names, broken.__contains__, limit=4) == names[:4]
	assert sweep(names, broken.__contains__, limit=4) == names[4:8]
	assert sweep([*names[:6], *names[8:]], broken.__contains__, limit=4) == names[8:]
	all_due()
	late = [*names[:6], "L1", "L2", "L3", "L4"]
	tried = sweep(late, broken.__contains__, limit=4)
	assert tried[:2] == ["L1", "L2"] and set(tried[2:]) < broken, "half of a full run is for each"


def test_the_longest_waiting_comes_first_and_less_and_less_often():
	name = factories.unique("Record")
	for attempt in range(1, 9):
		all_due()
		assert sweep([name], lambda name: True) == [name]
		(row,) = rows(name)
		minutes = (row.next_try - now_datetime()).total_seconds() / 60
		assert row.attempts == attempt and abs(minutes - min(2**attempt, LONGEST)) < 1
		assert sweep([name], lambda name: True) == [], "not before its turn"
	assert row.error == "cannot" and logs(name) == 1, "told once, visible as long as it lasts"


def test_a_success_and_what_is_not_wanted_any_more_leave_nothing():
	sweep(["A", "B"], lambda name: True)
	all_due()
	assert sweep(["A"], lambda name: False) == ["A"]
	assert rows("A") == rows("B") == []


def test_a_lock_is_no_failure():
	def work(name: str) -> None:
		raise frappe.QueryTimeoutError

	batches.one_by_one(["A"], lock=lambda name: True, work=work, backlog=WORK)
	assert rows("A") == []


def test_issues_that_cannot_be_opened_do_not_starve_the_rest(switched_on):
	"""The first ones fail for ever; those behind them are reached all the same."""
	frappe.db.set_single_value("Support Service Settings", "issues_open_cases_since", now_datetime())
	frappe.db.delete("Service Channel", "ERPNext")
	names = [world.make_issue().name for _ in range(6)]
	broken, sound = names[:4], names[4:]
	factories.make_service_channel("ERPNext")
	for name in broken:
		# a company that is gone: the request cannot be stored
		frappe.db.set_value("Issue", name, "company", "No Such Company")
	assert [len(rows(name)) for name in names] == [1] * 6, "the failure at the time is noted"
	frappe.db.delete(DOCTYPE)
	opened = sum(issues.open_missing(limit=2) for _run in range(3))
	assert opened == 2
	assert all(frappe.db.get_value("Issue", name, "service_request") for name in sound)
	assert all(rows(name) for name in broken)
	told = [logs(name) for name in broken]
	all_due(issues.TO_OPEN)
	issues.open_missing()
	assert [logs(name) for name in broken] == told
	frappe.db.set_value("Issue", {"name": ("in", broken)}, "company", factories.company())
	all_due(issues.TO_OPEN)
	assert issues.open_missing() == len(broken)
	assert not any(map(rows, names))


def test_a_status_that_could_not_be_shown_is_shown_later(switched_on):
	issue = world.make_issue(customer=factories.make_customer().name)
	case = world.case_of("Issue", issue.name)
	frappe.db.set_value("Issue", issue.name, "issue_type", "No Such Type")  # ERPNext refuses to save it
	moves.apply_move(case.name, "cancel", reason="Twice")
	assert frappe.db.get_value("Issue", issue.name, "status") == "Open"
	assert [row.work for row in rows(case.name)] == [issues.TO_SHOW.work]
	all_due(issues.TO_SHOW)
	assert issues.follow_missed() == 0
	frappe.db.set_value("Issue", issue.name, "issue_type", None)
	all_due(issues.TO_SHOW)
	assert issues.follow_missed() == 1
	assert frappe.db.get_value("Issue", issue.name, "status") == "Closed"
	assert (logs(case.name), rows(case.name)) == (1, [])


def test_what_was_deleted_or_merged_is_forgotten(switched_on):
	gone, stays, deleted = (world.make_issue().name for _ in range(3))
	for name in (gone, stays, deleted):
		WORK.note(name, ValueError("cannot"))
	frappe.rename_doc("Issue", gone, stays, merge=True, force=True, show_alert=False)
	frappe.delete_doc("Issue", deleted, force=True)
	all_due()
	assert WORK.due() == [stays]
	assert rows(gone) == rows(deleted) == []


def test_calendars_behind_a_broken_one_are_published():
	broken, sound = (
		factories.make_service_calendar(calendar_name=f"{mark} {factories.unique('Cal')}") for mark in "AB"
	)
	window = {"parent": broken.name, "idx": 1}
	frappe.db.set_value("Service Calendar Window", window, "day", "Someday")
	frappe.db.set_value("Service Calendar", sound.name, "version", "old")
	calendars.publish_changed()
	assert frappe.db.get_value("Service Calendar", sound.name, "version") == sound.version
	assert [row.work for row in rows(broken.name)] == [calendars.TO_PUBLISH.work]
	frappe.db.set_value("Service Calendar Window", window, "day", "Monday")
	all_due(calendars.TO_PUBLISH)
	calendars.publish_changed()
	assert rows(broken.name) == []


def test_reminders_behind_a_broken_survey_are_sent():
	"""The oldest survey's case is gone (a table restored by halves); one reminder a run."""
	now = now_datetime()
	open_ones = frappe.get_all(
		"Service Survey", {"status": "Open", "reminded_on": ("is", "not set")}, pluck="name"
	)
	if open_ones:
		frappe.db.set_value("Service Survey", {"name": ("in", open_ones)}, "reminded_on", now)
	broken, sound = (
		surveys.open_survey(factories.make_service_request(contact_email="c@customer.example.com")).name
		for _ in range(2)
	)
	frappe.db.set_value(
		"Service Survey", broken, {"opened_on": add_days(now, -9), "service_request": "SR-NONE"}
	)
	frappe.db.set_value("Service Survey", sound, "opened_on", add_days(now, -8))
	assert [surveys.remind(limit=1) for _run in range(2)] == [0, 1]
	assert frappe.db.get_value("Service Survey", sound, "reminded_on")
	assert [row.attempts for row in rows(broken)] == [1]


def test_invoices_behind_a_broken_contract_are_made():
	broken, sound = paid_contract(start_date="2001-01-01", end_date="2001-12-31"), paid_contract()
	frappe.db.set_value("Service Contract", broken.name, "next_invoice_on", "2001-01-01")
	frappe.db.set_value("Item", broken.item_code, "disabled", 1)
	frappe.clear_document_cache("Item", broken.item_code)
	frappe.db.sql(
		"update `tabService Contract` set next_invoice_on = null where name not in %s",
		((broken.name, sound.name),),
	)
	assert [contract_billing.make_due(limit=1) for _run in range(2)] == [0, 1]
	assert invoices_of(sound) and not invoices_of(broken)
	assert logs(broken.name) == 1
	all_due(contract_billing.TO_INVOICE)
	contract_billing.make_due()
	assert (logs(broken.name), rows(broken.name)[0].attempts) == (1, 2)


def test_a_document_that_fails_longer_than_the_sweep_looks_back_is_not_lost():
	work = deliveries.FOLLOW_SUBMITTED
	item, customer = world.make_serial_item(), factories.make_customer().name
	world.without_our_hooks()
	note = world.make_delivery(customer, item, [factories.unique("SN")])
	frappe.db.set_single_value("Support Service Settings", "units_from_deliveries", 1)
	frappe.clear_document_cache("Support Service Settings")
	name = getattr(note, "name", note)
	old = add_days(now_datetime(), -100)
	frappe.db.set_value("Delivery Note", name, "modified", old, update_modified=False)
	since = add_days(now_datetime(), -30)
	assert name not in delivery_sweep.submitted("Delivery Note", since)
	Backlog(work, "Delivery Note").note(name, ValueError("no item"))
	assert name in delivery_sweep.submitted("Delivery Note", since)


def test_renewals_that_fail_are_told_once():
	contract = paid_contract(
		start_date=add_days(now_datetime(), -350), end_date=add_days(now_datetime(), 10), propose_days=30
	)
	frappe.db.set_value("Item", contract.item_code, "disabled", 1)
	frappe.clear_document_cache("Item", contract.item_code)
	for _night in range(3):
		contract_renewals.propose_due()
		all_due(contract_renewals.TO_PROPOSE)
	assert (logs(contract.name), rows(contract.name)[0].attempts) == (1, 3)
	frappe.db.set_value("Item", contract.item_code, "disabled", 0)
	frappe.clear_document_cache("Item", contract.item_code)
	contract_renewals.propose_due()
	assert frappe.db.get_value("Service Contract", contract.name, "renewed_by")
	assert rows(contract.name) == []


def test_a_full_queue_is_not_the_users_trouble(monkeypatch):
	"""Version 16 refuses a job where too many wait; what it would have done is done by the scheduler's sweep."""

	def full(*args, **kwargs):
		frappe.throw("Too many queued background jobs (500). Please retry after some time.")

	monkeypatch.setattr(frappe, "enqueue", full)
	frappe.clear_messages()
	frappe.msgprint("Saved")
	batches.enqueue_now("support_service.nothing", "support_service:test_full_queue")
	assert [message["message"] for message in frappe.message_log] == ["Saved"]
	frappe.cache.delete_value("support_service:test_full_queue")
	frappe.clear_messages()
