"""The night in which the site's clock is set back: 25 October 2026, 03:00 in Berlin is 02:00 again.

Whatever is computed afterwards from what was stored that night means the hour in which it happened.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import frappe
import pytest
import time_machine

from support_service.field_service import api as visits
from support_service.field_service.errors import VisitWindowError
from support_service.foundation import instants
from support_service.service_charging.decision import lines as decision_lines
from support_service.service_level import api
from support_service.support_service import moves, promises
from tests.factories import (
	insert,
	make_customer,
	make_engineer_visit,
	make_service_level_policy,
	make_service_request,
	make_service_team,
)
from tests.platform import SIXTEEN
from tests.site.clock_world import clock, make_world, round_the_clock, target


@pytest.fixture(autouse=True)
def berlin(clean_transaction) -> Iterator[None]:
	frappe.db.set_single_value("System Settings", "time_zone", "Europe/Berlin")
	_forget_settings()
	assert frappe.utils.get_system_timezone() == "Europe/Berlin"
	yield
	frappe.db.rollback()
	_forget_settings()


def _forget_settings() -> None:
	frappe.clear_document_cache("System Settings", "System Settings")
	if SIXTEEN:  # each process has a copy of its own, which it drops a moment later
		frappe.client_cache.delete_value(frappe.get_document_cache_key("System Settings", "System Settings"))
	frappe.local.system_settings = None


@contextmanager
def at(clock_utc: str, day: str = "2026-10-25") -> Iterator[None]:
	with time_machine.travel(datetime.fromisoformat(f"{day} {clock_utc}").replace(tzinfo=UTC), tick=False):
		yield


@pytest.fixture(autouse=True)
def no_other_policy(berlin: None) -> None:
	"""A case has no clocks until its own policy is there."""
	frappe.db.set_value("Service Level Policy", {"enabled": 1}, "enabled", 0)


def policy_for(customer: str) -> None:
	make_service_level_policy(
		scope={"customer": customer},
		calendar=round_the_clock(),
		targets=[target(kind, 4) for kind in ("First Response", "On Site", "Business Restored")],
	)


def minutes(case: str, kind: str) -> tuple[str, float]:
	found = clock(case, kind)
	return found.state, found.used_seconds / 60


def raised_and(answered: str) -> str:
	customer = make_customer().name
	with at("00:30"):
		case = make_service_request(customer=customer, team=make_service_team().name).name
	with at(answered):
		moves.apply_move(case, "acknowledge", by_app=True)
	policy_for(customer)
	return case


@pytest.mark.parametrize(
	("answered", "taken", "of_old_rows"),
	[
		("01:15", 45, 45),  # 02:15 on the wall, in the second hour; raised at 02:30 in the first
		("00:45", 15, 15),
		("01:45", 75, 15),  # 02:30 and 02:45: of an old row nothing else is known
		("03:00", 150, 150),
	],
)
@pytest.mark.parametrize("old", [False, True], ids=["", "rows without an instant"])
def test_a_policy_that_comes_afterwards_counts_what_has_passed(answered, taken, of_old_rows, old):
	case = raised_and(answered)
	if old:
		frappe.db.set_value("Service Request Move", {"request": case}, "at_utc", None)
		taken = of_old_rows
	with at("06:00"):
		assert promises.start_missing_clocks(case)
	assert minutes(case, "First Response") == ("Met", taken)


def test_an_evening_without_a_change_of_the_clock_is_counted_as_ever():
	with at("00:30", "2026-10-24"):
		case = make_service_request(customer=make_customer().name, team=make_service_team().name)
	with at("01:15", "2026-10-24"):
		moves.apply_move(case.name, "acknowledge", by_app=True)
	policy_for(case.customer)
	with at("06:00", "2026-10-24"):
		assert promises.start_missing_clocks(case.name)
	assert minutes(case.name, "First Response") == ("Met", 45)


@pytest.mark.parametrize(
	("asked", "written", "fetched"),
	[
		("00:50", "01:10", "06:00"),  # 02:50 and 02:10 on the wall: it went back in between
		("01:20", "01:40", "06:00"),  # both in the second hour
		("01:20", "01:40", "01:50"),
		("00:20", "00:40", "00:45"),
		("00:20", "03:00", "06:00"),
	],
)
def test_a_customers_mail_ends_the_wait_when_they_wrote(asked, written, fetched):
	world = make_world(targets=[target("Repair Complete", 8)], calendar=round_the_clock())
	address = f"{frappe.generate_hash(length=8)}@customer.example"
	with at("00:05"):
		case = make_service_request(customer=world.customer, team=world.team, contact_email=address).name
		moves.apply_move(case, "assign", engineer=world.engineer.name, by_app=True)
		moves.apply_move(case, "start", by_app=True)
	with at(asked):
		moves.apply_move(case, "wait_for_customer", reason="Which model?", by_app=True)
	with at(written):
		# Frappe keeps what the site's clock read
		reads = frappe.utils.now_datetime()
	with at(fetched):
		insert(
			"Communication",
			{
				"communication_type": "Communication",
				"communication_medium": "Email",
				"sent_or_received": "Received",
				"sender": address,
				"subject": "Re",
				"content": "The big one",
				"communication_date": reads,
				"reference_doctype": "Service Request",
				"reference_name": case,
			},
			{},
		)
	answer = {"request": case, "action": "customer_answered"}
	ended = frappe.db.get_value("Service Request Move", answer, ["moved_at", "at_utc"])
	assert ended == (reads, datetime.fromisoformat(f"2026-10-25 {written}"))


def test_business_restored_as_somebody_has_typed_it():
	world = make_world(targets=[target("Business Restored", 4)], calendar=round_the_clock())
	with at("00:30"):
		case = make_service_request(customer=world.customer, team=world.team).name
		moves.apply_move(case, "assign", engineer=world.engineer.name, by_app=True)
		moves.apply_move(case, "start", by_app=True)
	with at("02:30"):
		moves.apply_move(case, "restore", values={"business_restored_on": "2026-10-25 02:10:00"}, by_app=True)
	# before it was raised is impossible
	assert minutes(case, "Business Restored") == ("Met", 40)


def arrived_visit(arrived: str | None = None, *, told: str = "06:00", **values):
	world = make_world(targets=[target("On Site", 4)], calendar=round_the_clock())
	with at("00:30"):
		case = make_service_request(customer=world.customer, team=world.team).name
		moves.apply_move(case, "assign", engineer=world.engineer.name, by_app=True)
		visit = make_engineer_visit(
			service_request=case,
			engineer=world.engineer.name,
			planned_start="2026-10-25 02:00:00",
			planned_end="2026-10-25 06:00:00",
		)
	visit.reload()
	with at(told):
		if arrived:
			visit.arrived_at = f"2026-10-25 {arrived}"
		visit.update(values)
		visit.save()
	return case, visit


def test_an_arrival_that_was_stamped_in_the_second_hour():
	case, visit = arrived_visit()
	with at("01:15"):
		visits.arrive(visit.name)
	assert minutes(case, "On Site") == ("Met", 45)
	assert str(frappe.db.get_value("Engineer Visit", visit.name, "arrived_utc")) == "2026-10-25 01:15:00"


@pytest.mark.parametrize(
	("arrived", "told", "taken"),
	[
		("02:15:00", "06:00", 45),  # not before the case
		("02:45:00", "06:00", 15),  # the first
		("02:45:00", "01:50", 75),  # in the same night: the last time the clock read so
		("02:45:00", "01:10", 15),  # the second is still to come
		("03:15:00", "06:00", 105),
	],
)
def test_an_arrival_that_was_typed(arrived, told, taken):
	case, _visit = arrived_visit(arrived, told=told)
	assert minutes(case, "On Site") == ("Met", taken)


def test_leaving_is_later_than_arriving_whatever_the_wall_says():
	_case, visit = arrived_visit("02:50:00")

	def leave(left: str) -> float:
		visit.reload()
		visit.left_at = f"2026-10-25 {left}"
		visit.save()
		return decision_lines.hours_of(visit)

	with at("06:00"):
		assert leave("02:20:00") == 0.5
		assert leave("03:50:00") == 2
		with pytest.raises(VisitWindowError):
			leave("01:50:00")


def test_a_correction_by_hand_cannot_precede_its_clock():
	world = make_world(targets=[target("First Response", 4)], calendar=round_the_clock())
	with at("00:30"):
		case = make_service_request(customer=world.customer, team=world.team).name
	with at("04:00"):
		api.correct_clock(clock(case, "First Response").name, "stop", "By phone", at="2026-10-25 02:15:00")
	assert minutes(case, "First Response") == ("Met", 45)


def test_what_is_stored_beside_counts_as_long_as_it_reads_the_same():
	second = datetime(2026, 10, 25, 1, 15)
	assert instants.kept("2026-10-25 02:15:00", second) == instants.of_utc_column(second)
	assert instants.kept("2026-10-25 02:16:00", second) == instants.to_utc("2026-10-25 02:16:00")
	assert instants.kept("2026-10-25 02:15:00", None) == instants.to_utc("2026-10-25 02:15:00")


def test_order_tells_the_hours_apart():
	with at("06:00"):
		first, second = (instants.of_utc_column(f"2026-10-25 {hour}:15:00") for hour in ("00", "01"))
		assert instants.to_utc("2026-10-25 02:15:00") == first
		assert instants.to_utc("2026-10-25 02:15:00", after=first) == first
		assert instants.to_utc("2026-10-25 02:15:00", after=first + 1) == second
		assert instants.to_utc("2026-10-25 02:15:00", near=second, before=second - 1) == first
		assert instants.elapsed("2026-10-25 02:50:00", "2026-10-25 02:10:00") == 20 * 60
		assert instants.elapsed("2026-10-25 03:50:00", "2026-10-25 03:10:00") == -40 * 60
		# a time the clock skips in spring is that much later, whatever is near
		assert instants.to_utc("2027-03-28 02:30:00", near=0) == instants.to_utc("2027-03-28 03:30:00")
