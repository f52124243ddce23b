"""What goes with a merged request is read from the metadata: whatever names a request is known, the day it appears."""

from __future__ import annotations

import frappe
import pytest
from frappe.model.dynamic_links import get_dynamic_link_map
from frappe.model.rename_doc import get_link_fields

from support_service.foundation.let_go import link_fields
from support_service.support_service import removal
from support_service.support_service.merging import links

CASE = "Service Request"
# dynamic links of ours that may name a request, and keep it: what a ledger or a log says was so
NAMES_WHAT_WAS = {
	"Installed Unit.source_name",
	"Installed Unit Event.reference_name",
	"Fitted Part Entry.voucher_no",
	"Service Clock Entry.reference_name",
	"Service Contract.source_name",
	"Service Contract Use.reference_name",
	"Service Request.source_name",
	"Service Request Move.reference_name",
	"Service Warranty.reference_name",
	"Service Warranty Entry.reference_name",
	"Coverage Decision Line.source_name",
	"Part Reservation.begun_name",
	"Part Reservation.ended_name",
	"Removed Part.purchase_name",
	"Supplier Claim.purchase_name",
	"Takeover Finding.source_name",
	"Takeover Finding.target_name",
	"Service Merge Row.moved_name",
}


def test_every_link_goes_along_or_says_why_not():
	stays = {**links.STAYS, **links.staying()}
	goes = {link.key for link in links.following()}
	for row in get_link_fields(CASE):
		key = f"{row['parent']}.{row['fieldname']}"
		assert (key in goes) != (key in stays), key
	assert all(why.endswith(".") for why in stays.values())


def test_what_stays_is_there():
	known = {f"{row['parent']}.{row['fieldname']}" for row in get_link_fields(CASE)}
	assert {*links.STAYS, *links.staying()} <= known


def test_every_dynamic_link_of_ours_is_known():
	ours = {
		f"{field.parent}.{field.fieldname}" for field in link_fields() if field.fieldtype == "Dynamic Link"
	}
	goes = {link.key for link in links.DYNAMIC}
	assert ours - goes - NAMES_WHAT_WAS - set(links.DYNAMIC_STAYS) == set()


def test_every_dynamic_link_that_names_a_request_is_known():
	goes = {link.key for link in links.DYNAMIC}
	found = {f"{link.parent}.{link.fieldname}" for link in get_dynamic_link_map().get(CASE, [])}
	assert found - goes - NAMES_WHAT_WAS - set(links.DYNAMIC_STAYS) == set()


def test_what_hangs_on_a_request_goes_along():
	goes = {link.key for link in links.following()} | {"Service Request Move.request", *links.staying()}
	assert {f"{kind.doctype}.{kind.field}" for kind in removal.hanging()} <= goes


@pytest.mark.parametrize("link", links.DYNAMIC, ids=lambda link: link.key)
def test_dynamic_links_are_where_they_are_said_to_be(link):
	columns = frappe.db.get_table_columns(link.doctype)
	assert {link.field, link.kind, *link.only} <= set(columns)


def test_no_link_of_ours_reads_a_whole_table():
	"""Merging asks every one of them; those without an index would read the history of the site."""
	without = []
	for link in links.following():
		columns = {
			row[4] for row in frappe.db.sql(f"show index from `tab{link.doctype}` where Seq_in_index = 1")
		}
		if not columns & {link.field, link.kind}:
			without.append(link.key)
	assert without == []
