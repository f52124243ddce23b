"""What the customer reads on the page of a case about what we promised: their words, their case, nothing internal."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import frappe
import pytest
from frappe.translate import clear_cache
from frappe.website.serve import get_response_content

from support_service.customer_portal import promises as portal_promises
from support_service.foundation import zones
from tests import factories
from tests.site.clock_world import at, make_world, raise_case, step, to_work
from tests.site.queries import count_queries

INTERNAL = ("Service Clock", "Policy", "Calendar ", "Solution Plan", "Report Delivered", "Escalat", "Warning")


@pytest.fixture
def world() -> frappe._dict:
	"""A customer with a login, everything promised in 8 office hours; a case of Monday 09:00."""
	world = make_world(8)
	world.user = factories.make_customer_user(world.customer).name
	world.case = raise_case(world, "2026-09-21 09:00")
	return world


def page(world: frappe._dict, moment: str, language: str = "en", case: str | None = None) -> str:
	frappe.set_user(world.user)
	if language != "en":
		clear_cache()
	frappe.local.lang = language
	try:
		with at(moment):
			path = f"service/{world.case if case is None else case}".rstrip("/")
			frappe.utils.set_request(method="GET", path=f"/{path}")
			return get_response_content(path)
	finally:
		frappe.set_user("Administrator")
		frappe.local.lang = "en"


def card(html: str) -> list[tuple[str, str, str]]:
	"""(what, how it stands, line) of every promise the page shows."""
	found = re.search(r'id="promises">(.*?)</section>', html, re.S)
	if not found:
		return []
	items = re.findall(r"<li>(.*?)</li>", found.group(1), re.S)
	rows = ([part.strip() for part in re.sub(r"<[^>]*>", "\n", item).split("\n")] for item in items)
	return [tuple(part for part in row if part) for row in rows]


def told(site_time: str, zone: str | None = None, language: str = "en") -> str:
	"""A moment of the site's clock as a reader in `zone` is told it."""
	here = frappe.utils.get_system_timezone()
	local = (
		datetime.fromisoformat(site_time).replace(tzinfo=ZoneInfo(here)).astimezone(ZoneInfo(zone or here))
	)
	if language == "zh":
		return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
	return f"{local:%b} {local.day}, {local:%Y %H:%M} ({zones.city(zone or here, 'en')} time)"


def test_running(world: frappe._dict) -> None:
	line = f"Promised until {told('2026-09-21 17:00')}"
	assert card(page(world, "2026-09-21 10:00")) == [
		("Our first answer", "Promised", line),
		("Engineer with you", "Promised", line),
		("Running again", "Promised", line),
		("Repair complete", "Promised", line),
	]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Auckland"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_times_are_told_by_the_readers_clock(world: frappe._dict, zone: str, language: str) -> None:
	frappe.get_doc("User", world.user).update({"time_zone": zone, "language": language}).save()
	factories.make_engineer_visit(
		service_request=world.case, planned_start="2026-09-22 20:00:00", planned_end="2026-09-22 22:00:00"
	)
	html = page(world, "2026-09-21 10:00", language)
	place = zones.city(zone, language)
	due, planned = (told(moment, zone, language) for moment in ("2026-09-21 17:00", "2026-09-22 20:00"))
	for row in card(html):
		assert due in row[2] and place in row[2]
	assert told("2026-09-21 09:00", zone, language).split(" (")[0] in html  # when it was raised
	visit = re.search(r'sp-visit">.*?<strong>(.*?)</strong>', html, re.S).group(1)
	assert visit.startswith(planned.split(" (")[0]) and place in visit
	assert place in html.split("</ol>")[-1]  # whose clock all other times are told by
	listed = re.search(
		r'sp-row-visit">(.*?)</span>', page(world, "2026-09-21 10:00", language, ""), re.S
	).group(1)
	assert visit in listed


def test_an_unknown_time_zone_is_the_sites(world: frappe._dict) -> None:
	frappe.db.set_value("User", world.user, "time_zone", "Mars/Olympus")
	assert card(page(world, "2026-09-21 10:00"))[0][2] == f"Promised until {told('2026-09-21 17:00')}"


def test_guests_are_told_the_sites_time() -> None:
	assert zones.of_user("Guest") == frappe.utils.get_system_timezone()


def test_kept_late_and_paused_for_the_customer(world: frappe._dict) -> None:
	to_work(world, world.case, "2026-09-21 10:00")
	step(world.case, "2026-09-21 11:00", "acknowledge")
	step(world.case, "2026-09-22 10:00", "restore")
	step(world.case, "2026-09-22 11:00", "wait_for_customer")
	shown = {row[0]: row[1:] for row in card(page(world, "2026-09-22 11:30"))}
	due = told("2026-09-21 17:00")
	assert shown["Our first answer"] == ("Kept", f"Done {told('2026-09-21 11:00')}")
	assert shown["Running again"] == ("Late", f"Done Sep 22, 2026 10:00, promised until {due}")
	assert shown["Repair complete"] == ("Late", f"Promised until {due}")


def test_waiting_for_you(world: frappe._dict) -> None:
	to_work(world, world.case, "2026-09-21 10:00")
	step(world.case, "2026-09-21 11:00", "wait_for_customer")
	shown = {row[0]: row[1:] for row in card(page(world, "2026-09-21 12:00"))}
	assert shown["Repair complete"] == ("Paused", "Paused while we wait for you")


def test_late_before_the_sweep_has_seen_it(world: frappe._dict) -> None:
	shown = card(page(world, "2026-09-21 18:00"))
	assert {row[1] for row in shown} == {"Late"}


def test_chinese(world: frappe._dict) -> None:
	shown = card(page(world, "2026-09-21 10:00", "zh"))
	assert [row[:2] for row in shown] == [
		("首次答复", "已承诺"),
		("工程师到场", "已承诺"),
		("恢复运行", "已承诺"),
		("修复完成", "已承诺"),
	]
	assert shown[0][2].startswith("承诺于 2026年9月21日 17:00") and shown[0][2].endswith("前完成")


def test_nothing_internal_is_shown(world: frappe._dict) -> None:
	html = page(world, "2026-09-21 10:00")
	shown = re.search(r'id="promises">(.*?)</section>', html, re.S).group(1)
	assert not [word for word in (*INTERNAL, world.policy, world.calendar) if word in shown]
	assert world.policy not in html and world.calendar not in html


def test_not_needed_is_left_out_and_only_the_latest_round_counts(world: frappe._dict) -> None:
	to_work(world, world.case, "2026-09-21 10:00")
	step(world.case, "2026-09-21 11:00", "resolve")
	shown = {row[0] for row in card(page(world, "2026-09-21 12:00"))}
	assert "Engineer with you" not in shown
	assert {"Our first answer", "Running again", "Repair complete"} <= shown


def test_a_case_without_promises_has_no_card(world: frappe._dict) -> None:
	frappe.db.delete("Service Clock", {"request": world.case})
	assert card(page(world, "2026-09-21 10:00")) == []


def test_another_customers_case_shows_nothing(world: frappe._dict) -> None:
	other = make_world(8)
	theirs = raise_case(other, "2026-09-21 09:00")
	html = page(world, "2026-09-21 10:00", case=theirs)
	assert card(html) == [] and "Our first answer" not in html


def test_promises_cost_one_query(world: frappe._dict) -> None:
	case = frappe.get_doc("Service Request", world.case)
	portal_promises.of_case(case)
	assert count_queries(lambda: portal_promises.of_case(case)) == 1
