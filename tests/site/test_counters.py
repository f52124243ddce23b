"""Counters of naming series when the app goes: ours go, those that somebody else counts under stay."""

from __future__ import annotations

import frappe
import pytest

from support_service.setup import counters

OURS = {"SR-2031-": "SR-.YYYY.-.#####", "SW-": "SW-.######"}


@pytest.fixture(autouse=True)
def counted(clean_transaction):
	for prefix in OURS:
		frappe.db.sql("insert ignore into `tabSeries` (name, current) values (%s, 7)", prefix)
	yield
	frappe.db.rollback()
	frappe.clear_cache(doctype="Quotation")
	frappe.clear_cache(doctype="Service Request")


def count(prefix: str) -> None:
	frappe.db.sql("insert ignore into `tabSeries` (name, current) values (%s, 7)", prefix)


def left() -> set[str]:
	return set(frappe.db.sql_list("select name from `tabSeries`"))


def add_series(doctype: str, line: str) -> None:
	options = f"{frappe.get_meta(doctype).get_field('naming_series').options}\n{line}"
	frappe.make_property_setter(
		{"doctype": doctype, "fieldname": "naming_series", "property": "options", "value": options},
		is_system_generated=False,
	)
	frappe.clear_cache(doctype=doctype)


def test_ours_go_and_nothing_else():
	before = left()
	removed = counters.remove_ours(counters.our_templates())
	assert set(OURS) <= set(removed)
	assert before - left() == set(removed)
	assert all(not prefix.startswith(("SAL-", "MAT-", "ACC-")) for prefix in removed)


@pytest.mark.parametrize(
	"line", ["SR-.YYYY.-.#####", "SR-.YYYY.-", "SR-.{customer}.-.#####", "sr-.YYYY.-.####"]
)
def test_a_prefix_another_doctype_may_count_under_stays(line: str):
	add_series("Quotation", line)
	removed = counters.remove_ours(OURS.values())
	assert "SR-2031-" not in removed and "SW-" in removed
	assert "SR-2031-" in left() and "SW-" not in left()


def test_a_prefix_another_apps_code_counts_under_stays():
	"""Its name stands in no template; its documents tell."""
	doc = frappe.get_doc({"doctype": "Note", "title": "Counted elsewhere"})
	doc.insert(set_name="SW-000003")
	assert "SW-" not in counters.remove_ours(OURS.values())
	doc.delete()
	assert "SW-" in counters.remove_ours(OURS.values())


def test_a_name_that_only_begins_alike_is_no_counter():
	frappe.get_doc({"doctype": "Note", "title": "Not counted"}).insert(set_name="SW-Manual")
	assert "SW-" in counters.remove_ours(OURS.values())


def test_series_an_admin_added_to_our_doctypes_go_too():
	add_series("Service Request", "OWN-.####")
	count("OWN-")
	assert "OWN-" in counters.remove_ours(counters.our_templates())
