"""A record of ERPNext under another name is still the one that was taken over (kind: keys made of names)."""

from __future__ import annotations

from types import SimpleNamespace

import frappe
import pytest

from support_service.erpnext_takeover import kinds
from support_service.erpnext_takeover.in_step import issues, renames
from support_service.patches.v0_4 import follow_renamed_sources
from support_service.support_service import moves
from tests import factories
from tests.site import takeover_world as world
from tests.site.test_takeover_issues import status_of, switched_on

__all__ = ["switched_on"]


def _serial(customer: str) -> str:
	item, serial = world.make_serial_item(), factories.unique("SN")
	world.make_delivery(customer, item, [serial])
	return serial


MAKE = {
	"Issue": lambda customer: world.make_issue(customer=customer).name,
	"Warranty Claim": lambda customer: world.make_warranty_claim(customer=customer).name,
	"Maintenance Visit": lambda customer: world.make_maintenance_visit(customer=customer).name,
	"Maintenance Schedule": lambda customer: world.make_maintenance_schedule(customer=customer).name,
	"Serial No": _serial,
	"Asset": lambda customer: world.make_customer_asset(customer).name,
}
FIELD = {kind.DOCTYPE: field for field, kind in kinds.kinds().items()}


def rows_of(doctype: str, name: str) -> list[str]:
	"""What stands for a record, by its key or by its link."""
	holder = renames.HOLDERS[doctype]
	key = {"source_key": f"{doctype}|{name}"}
	link = {holder.links[-1]: name}
	found = frappe.get_all(holder.doctype, filters=link, pluck="name", order_by="creation")
	assert found == frappe.get_all(holder.doctype, filters=key, pluck="name"), "key and link say the same"
	return found


def rename(doctype: str, old: str, new: str | None = None, *, merge: bool = False) -> str:
	new = new or f"{old}-R"
	frappe.rename_doc(doctype, old, new, force=True, merge=merge, show_alert=False)
	return new


def taken_over(doctype: str) -> SimpleNamespace:
	customer = factories.make_customer().name
	world.without_our_hooks()
	name = MAKE[doctype](customer)
	frappe.db.commit()
	run = world.take_over(FIELD[doctype], customer=customer)
	assert (run.made, run.failed) == (1, 0)
	return SimpleNamespace(customer=customer, name=name, row=rows_of(doctype, name)[0])


@pytest.fixture(autouse=True)
def settings_as_before(clean_transaction):
	yield
	frappe.db.rollback()
	frappe.db.set_single_value("Support Service Settings", "units_from_deliveries", 1)
	frappe.clear_document_cache("Support Service Settings")
	frappe.db.commit()


def test_every_kind_of_source_is_followed():
	keyless = {"Contact"}  # its login gets portal access; nothing carries its name as a key
	assert set(renames.HOLDERS) == set(FIELD) - keyless == set(MAKE)


@pytest.mark.parametrize("doctype", list(renames.HOLDERS))
def test_a_renamed_record_is_not_taken_over_twice(doctype):
	was = taken_over(doctype)
	new = rename(doctype, was.name)
	assert rows_of(doctype, new) == [was.row]
	again = world.take_over(FIELD[doctype], customer=was.customer)
	assert (again.made, again.already, again.failed) == (0, 1, 0)
	assert rows_of(doctype, new) == [was.row]
	# its old name is free for another record
	assert not frappe.db.exists(renames.HOLDERS[doctype].doctype, {"source_key": f"{doctype}|{was.name}"})


@pytest.mark.parametrize("doctype", list(renames.HOLDERS))
def test_what_was_renamed_before_is_recognised_by_the_patch(doctype):
	was = taken_over(doctype)
	holder, key = renames.HOLDERS[doctype].doctype, f"{doctype}|{was.name}"
	frappe.db.set_value(holder, was.row, "source_key", f"{key}-old")
	for _again in range(2):
		follow_renamed_sources.execute()
		assert frappe.db.get_value(holder, was.row, "source_key") == key


def test_a_renamed_issue_and_its_request_stay_in_step(switched_on):
	customer = factories.make_customer().name
	issue = world.make_issue(customer=customer)
	case = world.case_of("Issue", issue.name)
	new = rename("Issue", issue.name)
	assert issues.open_missing() == 0
	issue = frappe.get_doc("Issue", new)
	assert issue.service_request == case.name
	moves.apply_move(case.name, "assign", engineer=factories.make_service_engineer().name)
	moves.apply_move(case.name, "start")
	moves.apply_move(case.name, "wait_for_parts", reason="Fan ordered")
	assert status_of(issue) == "On Hold"
	issue.reload()
	issue.customer = other = factories.make_customer().name
	issue.save()
	assert frappe.db.get_value("Service Request", case.name, "customer") == other
	assert [row.name for row in frappe.get_all("Service Request", {"source_name": new})] == [case.name]


def two_issues():
	customer = factories.make_customer().name
	first, second = (world.make_issue(customer=customer) for _ in range(2))
	return first, second, world.case_of("Issue", first.name), world.case_of("Issue", second.name)


def test_of_merged_issues_no_request_is_lost(switched_on):
	"""The Issue that stays keeps its request; the other one's goes on by itself, and both say so."""
	gone, stays, loose, kept = two_issues()
	rename("Issue", gone.name, stays.name, merge=True)
	assert rows_of("Issue", stays.name) == [kept.name]
	assert frappe.db.get_value("Issue", stays.name, "service_request") == kept.name
	loose.reload()
	assert (loose.status, loose.source_doctype, loose.source_name, loose.source_key) == (
		"New",
		None,
		None,
		None,
	)
	for case, other in ((loose, kept), (kept, loose)):
		notes = frappe.get_all(
			"Comment", {"reference_name": case.name, "comment_type": "Info"}, pluck="content"
		)
		assert len(notes) == 1 and gone.name in notes[0] and other.name in notes[0]
	moves.apply_move(loose.name, "cancel", reason="Same as the other")
	assert status_of(stays) == "Open"
	moves.apply_move(kept.name, "cancel", reason="Not needed")
	assert status_of(stays) == "Closed"


def test_an_issue_without_a_request_takes_over_that_of_the_merged_one(switched_on):
	gone, stays, loose, kept = two_issues()
	frappe.db.set_value(
		"Service Request", kept.name, {"source_key": None, "source_doctype": None, "source_name": None}
	)
	frappe.db.set_value("Issue", stays.name, "service_request", None)
	rename("Issue", gone.name, stays.name, merge=True)
	assert rows_of("Issue", stays.name) == [loose.name]
	assert frappe.db.get_value("Issue", stays.name, "service_request") == loose.name


def test_of_merged_units_both_stand():
	"""A submitted Asset cannot be merged in Frappe. ERPNext's merge is not refused because of us; what happened to either unit stays on record."""
	doctype = "Serial No"
	first, second = taken_over(doctype), taken_over(doctype)
	rename(doctype, first.name, second.name, merge=True)
	assert rows_of(doctype, second.name) == [second.row]
	unit = frappe.get_doc("Installed Unit", first.row)
	assert (unit.serial_no, unit.source_key, unit.customer) == (None, None, first.customer)


def test_the_name_of_a_deleted_record_may_be_taken_by_another():
	first, second = taken_over("Issue"), taken_over("Issue")
	frappe.delete_doc("Issue", first.name, force=True)
	rename("Issue", second.name, first.name)
	assert rows_of("Issue", first.name) == [second.row]
	assert frappe.db.exists("Service Request", first.row)
