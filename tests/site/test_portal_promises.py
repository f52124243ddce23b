"""What the customer reads on the page of a case about what we promised: their words, their case, nothing internal."""

from __future__ import annotations

import re

import frappe
import pytest
from frappe.translate import clear_cache
from frappe.website.serve import get_response_content

from support_service.service_intake import portal_promises
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
			frappe.utils.set_request(method="GET", path=f"/service/{case or world.case}")
			return get_response_content(f"service/{case or world.case}")
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


def test_running(world: frappe._dict) -> None:
	assert card(page(world, "2026-09-21 10:00")) == [
		("Our first answer", "Promised", "Promised until Sep 21, 2026 17:00"),
		("Engineer with you", "Promised", "Promised until Sep 21, 2026 17:00"),
		("Running again", "Promised", "Promised until Sep 21, 2026 17:00"),
		("Repair complete", "Promised", "Promised until Sep 21, 2026 17:00"),
	]


def test_kept_late_and_paused_for_the_customer(world: frappe._dict) -> None:
	to_work(world, world.case, "2026-09-21 10:00")
	step(world.case, "2026-09-21 11:00", "acknowledge")
	step(world.case, "2026-09-22 10:00", "restore")
	step(world.case, "2026-09-22 11:00", "wait_for_customer")
	shown = {row[0]: row[1:] for row in card(page(world, "2026-09-22 11:30"))}
	assert shown["Our first answer"][0] == "Kept"
	assert shown["Running again"] == (
		"Late",
		"Done Sep 22, 2026 10:00, promised until Sep 21, 2026 17:00",
	)
	assert shown["Repair complete"] == ("Late", "Promised until Sep 21, 2026 17:00")


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
	assert shown[0][2] == "承诺于 2026年9月21日 17:00 前完成"


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
