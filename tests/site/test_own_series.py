"""A company gives our documents numbers of its own, with ERPNext's Document Naming Settings."""

from collections.abc import Iterator

import frappe
import pytest

from tests.factories import make_service_request, unique


def with_series() -> list[str]:
	modules = frappe.get_all("Module Def", {"app_name": "support_service"}, pluck="name")
	doctypes = frappe.get_all("DocType", {"module": ("in", modules)}, pluck="name", order_by="name")
	return [doctype for doctype in doctypes if frappe.get_meta(doctype).has_field("naming_series")]


@pytest.fixture
def doctypes(clean_transaction) -> Iterator[list[str]]:
	found = with_series()
	yield found
	frappe.db.rollback()
	for doctype in found:
		frappe.clear_cache(doctype=doctype)


def set_series(doctype: str, options: str, must_select: int = 0) -> None:
	"""As the page does it."""
	settings = frappe.get_doc("Document Naming Settings")
	settings.update(
		{
			"transaction_type": doctype,
			"naming_series_options": options,
			"user_must_always_select": must_select,
		}
	)
	settings.update_series()


@pytest.mark.parametrize("must_select", [0, 1])
def test_every_document_of_ours_takes_a_series_of_its_own(doctypes, must_select: int) -> None:
	assert {"Service Request", "Engineer Visit", "Installed Unit"} <= set(doctypes)
	for doctype in doctypes:
		old = frappe.get_meta(doctype).get_field("naming_series").options
		set_series(doctype, f"{unique('TIX')}-.#####\n{old}", must_select)
		assert frappe.get_meta(doctype).get_naming_series_options()[-1] == old, doctype


@pytest.mark.parametrize("must_select", [0, 1])
def test_a_new_document_gets_it(doctypes, must_select: int) -> None:
	prefix = unique("TIX")
	set_series("Service Request", f"{prefix}-.#####\nSR-.YYYY.-.#####", must_select)
	assert make_service_request().name == f"{prefix}-00001"
