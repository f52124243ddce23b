"""ERPNext's documents that our flows make or follow can be cancelled and deleted; ours lets go, says so and goes on."""

import frappe
import pytest
from frappe.utils import add_days, getdate, nowdate

from support_service import hooks
from support_service.foundation import let_go
from support_service.foundation.names.keys import key_of
from support_service.installed_base import placements
from support_service.installed_base.deliveries import documents as deliveries
from support_service.installed_base.deliveries import missing_pieces
from support_service.installed_base.placements import NewUnit
from support_service.service_charging import supplier_claims
from support_service.service_charging.billing import charging
from support_service.service_coverage.contract import api as contract_api
from support_service.service_coverage.contract import renewals as contract_renewals
from support_service.service_coverage.contract.renewals import NotRenewableError
from tests.factories import (
	make_customer,
	make_installed_unit,
	make_item,
	make_service_contract,
	make_stock_receipt,
	make_supplier_claim,
	make_warehouse,
	make_warranty_policy,
	unique,
)
from tests.site.coverage_world import decision_of, make_case_on, make_terms, visit_on
from tests.site.delivery_world import deliver, goods, unit_of
from tests.site.stored_name_world import bare
from tests.site.test_supplier_claim import bought
from tests.site.warranty_world import warranties_of

# ledgers whose rows name documents of ERPNext, and those that name only ours
OF_ERPNEXT = {"Installed Unit Event", "Service Warranty Entry"}
OF_OURS = {
	"Fitted Part Entry",
	"Part Reservation",
	"Service Clock Entry",
	"Service Contract Use",
	"Service Request Move",
}
# documents whose deletion lets go of what of ours names them
FOLLOWED = tuple(
	doctype
	for doctype, events in hooks.doc_events.items()
	if "foundation.let_go" in str(events.get("on_trash"))
)


@pytest.fixture(autouse=True)
def terms(committed_crew, stock_settings_as_before):
	# ERPNext's own switch, without which nothing that was ever booked is deleted
	frappe.db.set_single_value("Accounts Settings", "delete_linked_ledger_entries", 1)
	return make_terms()


def comments_of(doctype, name):
	filters = {"reference_doctype": doctype, "reference_name": name, "comment_type": "Info"}
	return frappe.get_all("Comment", filters, pluck="content")


def renewal():
	item = make_item(is_stock_item=0).name
	old = make_service_contract(
		start_date=add_days(nowdate(), -300), end_date=add_days(nowdate(), 10), price=1200, item_code=item
	)
	return contract_renewals.renew(old.name).reload()


def claim():
	receipt = bought(make_item().name, 3)
	invoice = frappe.get_attr(
		"erpnext.stock.doctype.purchase_receipt.purchase_receipt.make_purchase_invoice"
	)(receipt.name)
	invoice.insert().submit()
	return make_supplier_claim(supplier=receipt.supplier, item_code=receipt.items[0].item_code)


def charged():
	case = make_case_on(make_installed_unit())
	visit_on(case, work_minutes=60).submit()
	return decision_of(case)


def delivered():
	world = goods(1)
	note = deliver(world)
	return frappe._dict(note=note, unit=unit_of(world.numbers[0]).name)


def test_a_deleted_draft_of_a_renewal():
	new = renewal()
	first = new.quotation
	frappe.delete_doc("Quotation", first)
	new.reload()
	assert not new.quotation
	assert any(first in words for words in comments_of("Service Contract", new.name))
	again = contract_api.quote_renewal(new.name)
	assert frappe.db.get_value("Service Contract", new.name, "quotation") == again


@pytest.mark.parametrize("submitted", [False, True])
def test_a_cancelled_quotation_of_a_renewal(submitted):
	new = renewal()
	quotation = frappe.get_doc("Quotation", new.quotation)
	quotation.submit()
	if submitted:
		new.submit()
	quotation.reload().cancel()
	assert not new.reload().quotation
	frappe.delete_doc("Quotation", quotation.name)
	assert frappe.db.get_value("Quotation", contract_renewals.quote(new.name), "docstatus") == 0


def test_only_a_renewal_is_quoted():
	with pytest.raises(NotRenewableError):
		contract_renewals.quote(make_service_contract().name)


@pytest.mark.parametrize("doctype", ["Purchase Receipt", "Purchase Invoice"])
@pytest.mark.parametrize("submitted", [False, True])
def test_drafts_of_a_claim(doctype, submitted):
	of = claim()
	make = {
		"Purchase Receipt": supplier_claims.purchase_return_of,
		"Purchase Invoice": supplier_claims.debit_note_of,
	}[doctype]
	first = frappe.get_doc(doctype, make(of.name))
	if submitted:
		first.submit()
		first.cancel()
	frappe.delete_doc(doctype, first.name)
	assert not frappe.db.get_value("Supplier Claim", of.name, supplier_claims.LINK_OF[doctype])
	assert any(first.name in words for words in comments_of("Supplier Claim", of.name))
	again = make(of.name)
	assert frappe.db.get_value(doctype, again, "docstatus") == 0


@pytest.mark.parametrize("doctype", ["Quotation", "Sales Invoice"])
@pytest.mark.parametrize("submitted", [False, True])
def test_documents_of_a_charge(doctype, submitted):
	decision = charged()
	make = {"Quotation": charging.quotation_of, "Sales Invoice": charging.invoice_of}[doctype]
	first = frappe.get_doc(doctype, make(decision.name))
	if submitted:
		first.submit()
		first.reload().cancel()
	frappe.delete_doc(doctype, first.name)
	assert make(decision.name)


def test_a_delivery_and_its_installation():
	found = delivered()
	from erpnext.stock.doctype.delivery_note.delivery_note import make_installation_note

	installation = make_installation_note(found.note.name)
	installation.inst_date = nowdate()
	for row in installation.items:
		row.qty, row.serial_no = 1, frappe.db.get_value("Installed Unit", found.unit, "serial_no")
	installation.insert().submit()
	installation.reload().cancel()
	frappe.delete_doc("Installation Note", installation.name)
	found.note.reload().cancel()
	frappe.delete_doc("Delivery Note", found.note.name)
	told = frappe.get_all("Installed Unit Event", {"installed_unit": found.unit}, pluck="reference_name")
	# the ledger keeps its words, and they mean these documents for ever
	assert all(
		[name for name in told if name.startswith(f"{doc.name} (deleted ")]
		for doc in (installation, found.note)
	)
	assert not frappe.db.get_value("Installed Unit", found.unit, "delivery_note")


def installed(note, serial):
	from erpnext.stock.doctype.delivery_note.delivery_note import make_installation_note

	doc = make_installation_note(note.name)
	doc.inst_date = nowdate()
	for row in doc.items:
		row.qty, row.serial_no = 1, serial
	doc.insert().submit()
	return doc


class TestNumberGivenAgain:
	"""Frappe gives the last number again when its document is deleted: the new document is a new one."""

	def sold_again(self, world, first, customer):
		first.reload().cancel()
		frappe.delete_doc("Delivery Note", first.name)
		again = deliver(world, customer=customer)
		assert again.name == first.name
		return again

	def test_a_delivery(self):
		make_warranty_policy()
		world = goods(1)
		first = deliver(world)
		buyer = make_customer().name
		again = self.sold_again(world, first, buyer)
		unit = unit_of(world.numbers[0])
		assert (unit.customer, unit.state, unit.delivery_note) == (buyer, "In Service", again.name)
		assert missing_pieces.among("Delivery Note", [again.name]) == set()
		warranties = {row.customer: row.status for row in warranties_of(unit.name)}
		assert warranties == {world.customer: "Void", buyer: "Active"}
		again.reload().cancel()
		assert unit_of(world.numbers[0]).state == "Returned", "and it is taken back by itself"

	def test_a_delivery_nobody_told_of_is_found(self, monkeypatch):
		world = goods(1)
		first = deliver(world)
		with monkeypatch.context() as quiet:
			quiet.setitem(deliveries.FOLLOW, "Delivery Note", lambda doc: None)
			again = self.sold_again(world, first, make_customer().name)
		assert missing_pieces.among("Delivery Note", [again.name]) == {again.name}
		deliveries.follow_submitted(again)
		assert unit_of(world.numbers[0]).customer == again.customer

	def test_an_installation(self):
		found = delivered()
		serial = frappe.db.get_value("Installed Unit", found.unit, "serial_no")
		first = installed(found.note, serial)
		first.cancel()
		frappe.delete_doc("Installation Note", first.name)
		assert not frappe.db.get_value("Installed Unit", found.unit, "installed_on")
		assert installed(found.note, serial).name == first.name
		assert str(frappe.db.get_value("Installed Unit", found.unit, "installed_on")) == nowdate()

	def test_an_asset(self):
		customers = [make_customer().name for _number in range(2)]
		units = []
		for customer in customers:
			asset = bare("Asset", name=units[0].asset if units else unique("AS"))
			new = NewUnit(
				source_key=key_of("Asset", asset.name),
				customer=customer,
				happened_on=getdate(nowdate()),
				reference=("Asset", asset.name),
				asset=asset.name,
				unit_name="Rack",
			)
			units.append(frappe.get_doc("Installed Unit", *placements.place([new]).values()))
			# past the log that ERPNext itself keeps of it
			frappe.delete_doc("Asset", asset.name, force=True)
		assert [unit.customer for unit in units] == customers
		assert units[0].name != units[1].name


def test_stock_entry_of_a_cancelled_visit():
	item, warehouse = make_item().name, make_warehouse().name
	make_stock_receipt(item, warehouse, 2)
	case = make_case_on(make_installed_unit())
	visit = visit_on(case, {"item_code": item, "qty": 1}, warehouse=warehouse)
	visit.submit()
	entry = visit.reload().stock_entry
	with pytest.raises(frappe.ValidationError):
		frappe.get_doc("Stock Entry", entry).cancel()  # it is the visit's, as long as that stands
	frappe.clear_messages()
	visit.reload().cancel()
	frappe.delete_doc("Stock Entry", entry)
	assert not visit.reload().stock_entry


@pytest.mark.parametrize("doctype", FOLLOWED)
def test_every_field_of_ours(doctype):
	"""Read from the metadata: whatever field names such a document, its deletion empties it and leaves a word."""
	doc = frappe.get_doc({"doctype": doctype, "name": unique("Gone")})
	naming = let_go.fields_naming(doctype)
	assert naming
	for field in naming:
		assert not field.reqd, f"{field.parent}.{field.fieldname} cannot let go"
		name = unique("Ours")
		row = frappe.get_doc({"doctype": field.parent, "name": name, field.fieldname: doc.name})
		if field.fieldtype == "Dynamic Link":
			row.set(field.options, doctype)
		row.db_insert()
		let_go.on_trash(doc)
		assert not frappe.db.get_value(field.parent, name, field.fieldname), field
		if not frappe.get_meta(field.parent).istable:
			assert any(doc.name in words for words in comments_of(field.parent, name)), field


def test_ledgers_keep_their_words():
	dynamic = {field.parent for field in let_go.link_fields() if field.fieldtype == "Dynamic Link"}
	ledgers = {doctype for doctype in dynamic if let_go.is_ledger(doctype)}
	assert ledgers == OF_ERPNEXT | OF_OURS
	assert set(frappe.get_hooks("ignore_links_on_delete")) >= OF_ERPNEXT


def test_no_document_is_forgotten():
	"""Every submittable DocType of ERPNext that a field of ours is made for is followed, or is chosen by a person."""
	chosen = {"Contract"}  # a Service Level Policy's scope
	taken_over = {"Maintenance Visit", "Maintenance Schedule"}
	ours = {field.parent for field in let_go.link_fields()}
	named = {field.options for field in let_go.link_fields() if field.fieldtype == "Link"} - ours
	submittable = set(frappe.get_all("DocType", {"name": ("in", named), "is_submittable": 1}, pluck="name"))
	assert submittable - chosen - taken_over <= set(FOLLOWED)
	assert {"Quotation", "Sales Order", "Purchase Receipt", "Stock Entry"} <= submittable
