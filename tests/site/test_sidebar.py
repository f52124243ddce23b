"""Every filter of workspace and sidebar counts what it says; on Frappe 16 each of the staff gets the app's icon and sidebar."""

import json
from pathlib import Path
from typing import Any

import frappe
import pytest
from frappe.utils import add_days, cstr, getdate, now_datetime, today

from support_service.constants.roles import STAFF
from support_service.field_service import api
from support_service.foundation.platform import SIXTEEN
from support_service.setup import names, sidebar
from support_service.support_service.kanban import BOARD
from support_service.support_service.moves import apply_move
from tests.factories import (
	make_engineer_visit,
	make_installed_unit,
	make_service_engineer,
	make_service_request,
	make_user,
)
from tests.rules.test_sidebar import MADE

only_on_sixteen = pytest.mark.skipif(not SIXTEEN, reason="Frappe 15 has neither sidebar nor desktop")
ENTRIES = [item for item in MADE["sidebar"]()["items"] if item["type"] == "Link"]
SHOWN = MADE["entries"]()
FILTERED = {label: place for label, place in SHOWN.items() if place.get("filters")}

# what the browser works out when it asks
EXPRESSIONS = {
	"frappe.session.user": lambda: frappe.session.user,
	"frappe.datetime.get_today()": today,
	"frappe.datetime.add_days(frappe.datetime.get_today(), 60)": lambda: add_days(today(), 60),
}


def filters_of(label: str) -> list[list[Any]]:
	rows = json.loads(FILTERED[label]["filters"])
	return [
		[*row[:3], EXPRESSIONS[row[3]]() if row[3] in EXPRESSIONS else row[3]] for row in map(hashable, rows)
	]


def hashable(row: list[Any]) -> list[Any]:
	return [tuple(value) if isinstance(value, list) else value for value in row]


def fits(value: Any, operator: str, wanted: Any) -> bool:
	"""What a filter means, worked out here rather than by the database."""
	match operator:
		case "=":
			return cstr(value) == cstr(wanted)
		case "!=":
			return cstr(value) != cstr(wanted)
		case "in":
			return value in wanted
		case "is":
			return bool(value) == (wanted == "set")
		case "<":
			return value < wanted
		case "<=" | ">=":
			return bool(value) and (
				getdate(value) <= getdate(wanted) if operator == "<=" else getdate(value) >= getdate(wanted)
			)
		case "Timespan":
			assert wanted == "today"
			return bool(value) and getdate(value) == getdate()
	raise AssertionError(f"no meaning for {operator}")


def counted(label: str) -> int:
	"""As the desk asks for it."""
	return frappe.call(
		"frappe.client.get_count", FILTERED[label]["link_to"], filters=json.dumps(filters_of(label))
	)


@pytest.fixture
def some_of_each() -> None:
	"""Cases of two engineers and of nobody, visits today and later, units in use and retired."""
	for engineer in (make_service_engineer(), make_service_engineer()):
		apply_move(make_service_request().name, "assign", engineer=engineer.name)
	make_service_request()
	make_engineer_visit()
	later = add_days(now_datetime(), 3)
	make_engineer_visit(planned_start=later, planned_end=add_days(later, 1))
	make_installed_unit()


@pytest.mark.parametrize("label", FILTERED)
def test_a_filter_counts_what_it_says(label: str, some_of_each: None) -> None:
	filters = filters_of(label)
	rows = frappe.get_all(FILTERED[label]["link_to"], fields=list({row[1] for row in filters}))
	expected = sum(
		all(fits(row[field], operator, wanted) for _kind, field, operator, wanted in filters) for row in rows
	)
	assert counted(label) == expected


def test_my_open_cases_are_mine() -> None:
	me, other = make_service_engineer(), make_service_engineer()
	mine, of_other = make_service_request().name, make_service_request().name
	apply_move(mine, "assign", engineer=me.name)
	apply_move(of_other, "assign", engineer=other.name)
	frappe.set_user(me.user)
	found = frappe.get_list("Service Request", filters=filters_of("My Open Cases"), pluck="name")
	assert found == [mine] and counted("My Open Cases") == 1
	assert counted("Open Cases") > 1 or not frappe.has_permission("Service Request", doc=of_other)


@pytest.mark.parametrize("role", STAFF)
def test_staff_may_open_board_and_calendar(role: str) -> None:
	"""Frappe shows an entry with an address of its own to everybody."""
	user = make_user(role).name
	assert {item["label"] for item in ENTRIES if item["link_type"] == "URL"} == {
		"Case Board",
		"Visits Calendar",
	}
	assert frappe.has_permission("Service Request", "read", user=user)
	assert frappe.has_permission("Engineer Visit", "read", user=user)
	assert frappe.has_permission("Kanban Board", "read", doc=BOARD, user=user)
	frappe.set_user(user)
	assert api.calendar_events(today(), add_days(today(), 1), "[]") is not None


@pytest.mark.parametrize(
	("role", "works_with_us"), [*((role, True) for role in STAFF), ("Sales User", False)]
)
def test_the_icon_is_for_staff(role: str, works_with_us: bool) -> None:
	frappe.set_user(make_user(role).name)
	assert sidebar.is_for_me() is works_with_us


def boot() -> Any:
	from frappe.boot import get_sidebar_items
	from frappe.desk.desktop import get_workspace_sidebar_items

	workspaces = [page.name for page in get_workspace_sidebar_items()["pages"]]
	info = frappe._dict(
		workspace_sidebar_item=get_sidebar_items(workspaces), module_app=frappe.local.module_app
	)
	sidebar.boot_session(info)
	return info


@only_on_sixteen
@pytest.mark.parametrize("role", STAFF)
def test_each_of_the_staff_gets_what_they_may_read(role: str) -> None:
	frappe.set_user(make_user(role).name)
	shown = boot().workspace_sidebar_item["after-sales service"]
	labels = {item["label"] for item in shown["items"] if item["type"] == "Link"}
	for item in ENTRIES:
		may = {
			"DocType": lambda item=item: frappe.has_permission(item["link_to"]),
			"Report": lambda item=item: (
				item["link_to"] in frappe.get_all("Report", pluck="name")
				and frappe.get_doc("Report", item["link_to"]).is_permitted()
			),
		}.get(item["link_type"], lambda: True)()
		if item["link_type"] != "Page":
			assert (item["label"] in labels) == bool(may), item["label"]


@only_on_sixteen
def test_one_sidebar_for_all_our_modules() -> None:
	info = boot()
	ours = {title for title, shown in info.workspace_sidebar_item.items() if shown["app"] == names.APP}
	assert ours == {"after-sales service"}
	assert all(info.module_app[module.lower()] == names.APP for module in names.modules())
	assert "installed base" not in frappe.local.module_app, "what others read stays as it was"


def test_nothing_is_done_where_there_are_no_sidebars() -> None:
	info = frappe._dict(module_app={})
	sidebar.boot_session(info)
	assert info == {"module_app": {}}


@only_on_sixteen
def test_sidebar_and_icon_are_ours_and_standard() -> None:
	for doctype in (sidebar.SIDEBAR, sidebar.ICON):
		row = frappe.db.get_value(doctype, "After-Sales Service", ["app", "standard"])
		assert row == (names.APP, 1)
	assert frappe.db.get_value(sidebar.SIDEBAR, "After-Sales Service", "module") == "Support Service"
	assert frappe.db.get_value(sidebar.ICON, "After-Sales Service", "icon_type") == "App"


@only_on_sixteen
def test_icons_are_among_those_of_the_desk() -> None:
	public = frappe.get_app_path("frappe", "public", "icons")
	known = Path(public, "lucide.svg").read_text() + "".join(
		path.read_text() for path in Path(public, "lucide").glob("*.svg")
	)
	for item in MADE["sidebar"]()["items"]:
		assert not item["icon"] or f'id="icon-{item["icon"]}"' in known, item["icon"]


@only_on_sixteen
def test_an_uninstall_forgets_what_users_made_of_them() -> None:
	"""A sidebar of their own, an icon that leads to it, and the desktop they arranged."""
	user = make_user("Service Manager").name
	copy = frappe.copy_doc(frappe.get_doc(sidebar.SIDEBAR, "After-Sales Service"), ignore_no_copy=False)
	copy.update({"title": f"After-Sales Service-{user}", "for_user": user, "standard": 0})
	copy.insert()
	icons = [{"label": "After-Sales Service", "app": names.APP}, {"label": "Stock", "app": "erpnext"}]
	frappe.get_doc({"doctype": sidebar.LAYOUT, "user": user, "layout": json.dumps(icons)}).insert()
	frappe.get_doc(
		{"doctype": sidebar.ICON, "label": "My Service", "link_type": sidebar.SIDEBAR, "link_to": copy.name}
	).insert()
	sidebar.remove()
	assert not frappe.db.exists(sidebar.SIDEBAR, {"app": names.APP})
	assert not frappe.db.exists("Workspace Sidebar Item", {"parent": ["like", "After-Sales Service%"]})
	assert not frappe.db.exists(sidebar.ICON, {"name": ["in", ["After-Sales Service", "My Service"]]})
	assert json.loads(frappe.db.get_value(sidebar.LAYOUT, user, "layout")) == icons[1:]
