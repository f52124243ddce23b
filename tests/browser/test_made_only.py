"""Documents that people make and nobody changes afterwards: the form of a new one can be filled in, that of a stored one cannot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import frappe
import pytest
from frappe.utils import now_datetime
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser import desk

IMPORTED = {"Service Warranty"}  # by Data Import only: the form of a new one says where a warranty is started


def made_only() -> list[str]:
	"""DocTypes that some role of the desk may create and not write."""
	rows = frappe.get_all(
		"DocPerm",
		{"create": 1, "write": 0, "permlevel": 0, "role": "Service Manager"},
		pluck="parent",
		distinct=True,
	)
	ours = {"app_name": "support_service"}
	modules = frappe.get_all("Module Def", ours, pluck="name")
	found = frappe.get_all("DocType", {"name": ("in", rows), "module": ("in", modules)}, pluck="name")
	return sorted(set(found) - IMPORTED)


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_new_one_can_be_filled_in(open_as: Callable[..., Page], screenshots: Path, phone: bool):
	manager = factories.make_user("Service Manager").name
	frappe.db.commit()
	page = open_as(manager, phone=phone)
	doctypes = made_only()
	assert doctypes
	for doctype in doctypes:
		desk.goto(page, f"{frappe.scrub(doctype).replace('_', '-')}/new")
		expect(desk.button(page, "Save")).to_be_visible()
		wanted = next(field.fieldname for field in frappe.get_meta(doctype).fields if field.reqd)
		expect(desk.field(page, wanted).locator("input:visible").first).to_be_editable()
		size = "phone" if phone else "desk"
		page.screenshot(path=screenshots / f"made-only-{frappe.scrub(doctype)}-{size}.png")


def test_a_new_warranty_says_where_it_is_started(open_as: Callable[..., Page]):
	manager = factories.make_user("Service Manager").name
	frappe.db.commit()
	page = open_as(manager)
	desk.goto(page, "service-warranty/new")
	expect(page.locator(".form-message:visible")).to_contain_text("on the form of its unit")
	expect(page.locator(".modal.show")).to_have_count(0)


def test_a_stored_one_cannot_be_changed(open_as: Callable[..., Page]):
	reading = frappe.get_doc(
		{
			"doctype": "Unit Reading",
			"installed_unit": factories.make_installed_unit().name,
			"meter": "Pages",
			"value": 1,
			"read_at": now_datetime(),
		}
	).insert()
	manager = factories.make_user("Service Manager").name
	frappe.db.commit()
	page = open_as(manager)
	desk.goto(page, f"unit-reading/{reading.name}")
	expect(desk.button(page, "Save")).to_have_count(0)
	assert not page.evaluate("cur_frm.perm[0].write")
