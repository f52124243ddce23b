"""A submitted visit is put right by cancelling and amending it, also after its case is closed."""

from types import SimpleNamespace
from typing import Any

import frappe
import pytest
from erpnext.stock.doctype.stock_entry.stock_entry import StockEntry
from frappe.utils import formatdate

from support_service.field_service.errors import VisitWindowError
from support_service.installed_base import fitted_parts
from support_service.service_parts import errors, own_links
from tests.factories import (
	make_done_visit,
	make_installed_unit,
	make_item,
	make_service_engineer,
	make_service_request,
	make_stock_receipt,
	make_warehouse,
	unique,
)
from tests.ledger_oracle import stock


@pytest.fixture
def work() -> SimpleNamespace:
	"""A case on a unit, an engineer, and a van with two serial boards worth 300 each."""
	unit = make_installed_unit()
	warehouse, board = make_warehouse().name, make_item(has_serial_no=1).name
	numbers = [unique("SN"), unique("SN")]
	make_stock_receipt(board, warehouse, 2, rate=300, serial_no="\n".join(numbers))
	return SimpleNamespace(
		unit=unit.name,
		case=make_service_request(installed_unit=unit.name, customer=unit.customer).name,
		engineer=make_service_engineer().name,
		warehouse=warehouse,
		board=board,
		numbers=numbers,
	)


def visit_of(work: SimpleNamespace, *parts: dict[str, Any]) -> Any:
	return make_done_visit(
		*parts, engineer=work.engineer, service_request=work.case, warehouse=work.warehouse
	)


def board(work: SimpleNamespace, number: int = 0) -> dict[str, Any]:
	return {"item_code": work.board, "qty": 1, "serial_nos": work.numbers[number]}


def as_amended_by_desk(doc: Any) -> Any:
	"""What the form's Amend sends: every field, those not to be copied too."""
	own = ("name", "creation", "modified", "owner", "modified_by", "parent", "amended_from")
	values = {key: value for key, value in doc.as_dict().items() if key not in own}
	for df in doc.meta.get_table_fields():
		rows = [{key: value for key, value in row.items() if key not in own} for row in values[df.fieldname]]
		values[df.fieldname] = [{**row, "docstatus": 0} for row in rows]
	return frappe.get_doc({**values, "docstatus": 0, "amended_from": doc.name})


def cancelled_visit(work: SimpleNamespace) -> Any:
	visit = visit_of(work, board(work))
	visit.submit()
	visit.reload()
	visit.cancel()
	visit.reload()
	return visit


class TestAmendedByTheDesk:
	def test_the_new_visit_has_drawn_nothing_yet(self, work):
		visit = cancelled_visit(work)
		amended = as_amended_by_desk(visit)
		assert amended.stock_entry and amended.parts_cost and amended.parts[0].amount
		amended.insert()
		amended.reload()
		assert (amended.stock_entry, amended.parts_cost) == (None, 0)
		assert (amended.parts[0].valuation_rate, amended.parts[0].amount) == (0, 0)

	def test_it_draws_what_was_corrected(self, work):
		visit = cancelled_visit(work)
		amended = as_amended_by_desk(visit).insert()
		amended.parts[0].serial_nos = work.numbers[1]
		amended.submit()
		amended.reload()
		assert amended.stock_entry not in (None, visit.stock_entry)
		assert (amended.parts_cost, stock(work.board, work.warehouse)) == (300, 1)
		assert [part.serial_label for part in fitted_parts.inside_now(work.unit)] == [work.numbers[1]]

	def test_the_signature_keeps_its_time(self, work):
		visit = visit_of(work)
		visit.update({"signature": "data:image/png;base64,AA==", "signed_by": "Li Na"}).submit()
		visit.cancel()
		amended = as_amended_by_desk(frappe.get_doc("Engineer Visit", visit.name)).insert()
		amended.submit()
		amended.reload()
		assert amended.signed_at == frappe.db.get_value("Engineer Visit", visit.name, "signed_at")

	def test_an_amended_stock_entry_is_an_ordinary_one(self, work):
		entry = frappe.get_doc("Stock Entry", cancelled_visit(work).stock_entry)
		amended = as_amended_by_desk(entry)
		for row in amended.items:
			row.serial_and_batch_bundle = None
		# no document may link to the cancelled visit: the form has emptied that link before it sends
		amended.engineer_visit = None
		assert amended.service_consumption_key
		amended.insert()
		assert not any(amended.get(field) for field in own_links.FIELDS["Stock Entry"])


class TestAfterTheCaseIsClosed:
	@pytest.mark.parametrize("status", ["Closed", "Cancelled"])
	def test_a_wrong_serial_number_can_be_corrected(self, work, status):
		visit = cancelled_visit(work)
		frappe.db.set_value("Service Request", work.case, "status", status)
		amended = as_amended_by_desk(visit)
		amended.parts[0].serial_nos = work.numbers[1]
		amended.insert()
		amended.submit()
		assert [part.serial_label for part in fitted_parts.inside_now(work.unit)] == [work.numbers[1]]
		assert frappe.db.get_value("Service Request", work.case, "status") == status

	def test_no_new_visit_and_none_amended_from_another_case(self, work):
		visit = cancelled_visit(work)
		other = make_service_request().name
		frappe.db.set_value("Service Request", other, "status", "Closed")
		with pytest.raises(VisitWindowError):
			make_done_visit(engineer=work.engineer, service_request=other)
		with pytest.raises(VisitWindowError):
			as_amended_by_desk(visit).update({"service_request": other}).insert()


class TestRefusals:
	def test_a_document_changed_meanwhile_is_no_refusal(self, work, monkeypatch):
		visit = visit_of(work, board(work))
		frappe.db.commit()
		attempts = []
		update_stock_ledger = StockEntry.update_stock_ledger

		def clash(entry, *args, **kwargs):
			attempts.append(entry.name)
			if len(attempts) == 1:
				frappe.msgprint("modified", raise_exception=frappe.TimestampMismatchError)
			return update_stock_ledger(entry, *args, **kwargs)

		monkeypatch.setattr(StockEntry, "update_stock_ledger", clash)
		visit.submit()
		assert len(attempts) == 2
		assert stock(work.board, work.warehouse) == 1

	def test_giving_back_into_a_closed_period_names_the_day_and_the_way_out(self, work):
		visit = visit_of(work, board(work))
		visit.submit()
		day = frappe.utils.getdate(frappe.utils.add_days(None, -40))
		for doctype, name in (("Stock Entry", {"name": visit.stock_entry}), *ledger_rows(visit)):
			frappe.db.set_value(doctype, name, "posting_date", day)
		frappe.db.set_single_value("Stock Settings", "stock_frozen_upto", day)
		frappe.clear_document_cache("Stock Settings")
		try:
			with pytest.raises(errors.PostingClosedError) as refused:
				visit.cancel()
		finally:
			frappe.db.rollback()
			frappe.clear_document_cache("Stock Settings")
		said = str(refused.value)
		assert formatdate(day) in said and visit.stock_entry in said
		assert "received back today" in said and "later" not in said


def ledger_rows(visit: Any) -> list[tuple[str, dict[str, str]]]:
	return [("Stock Ledger Entry", {"voucher_no": visit.stock_entry})]


class TestWithoutStockEffect:
	def test_labour_does_not_become_a_part_of_the_unit(self, work):
		labour = make_item(is_stock_item=0).name
		visit_of(work, {"item_code": labour, "qty": 2}, board(work)).submit()
		assert [part.item_code for part in fitted_parts.inside_now(work.unit)] == [work.board]

	def test_a_serial_number_makes_it_a_part(self, work):
		part = make_item(is_stock_item=0).name
		visit_of(work, {"item_code": part, "qty": 1, "serial_nos": "X-1"}).submit()
		assert [(row.item_code, row.serial_label) for row in fitted_parts.inside_now(work.unit)] == [
			(part, "X-1")
		]

	def test_what_it_replaced_is_recorded(self, work):
		labour = make_item(is_stock_item=0).name
		visit_of(work, board(work)).submit()
		visit_of(
			work,
			{
				"item_code": labour,
				"qty": 1,
				"removed_item_code": work.board,
				"removed_qty": 1,
				"removed_serial_nos": work.numbers[0],
			},
		).submit()
		assert fitted_parts.inside_now(work.unit) == []
