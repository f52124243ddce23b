"""A submit is one whole transaction: repeated, replayed, refused inside a stale one."""

from typing import Any

import frappe
import pytest
from frappe import client
from frappe.api import v1
from frappe.desk.form.save import savedocs
from frappe.handler import run_doc_method
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from support_service.field_service.errors import AlreadySubmittedError
from support_service.foundation import bins, transactions
from support_service.foundation.typed import FilledByTheAppError
from support_service.service_parts import errors
from tests.connections import second_connection
from tests.factories import (
	insert,
	make_service_request,
	make_user,
	unique,
)
from tests.ledger_oracle import stock
from tests.site.visit_world import visit_of

pytestmark = pytest.mark.usefixtures("committed_crew", "stock_settings_as_before")


class TestRepeat:
	def test_stale_double_click_finds_what_was_done(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		stale = [frappe.get_doc("Engineer Visit", visit.name) for _time in range(2)]
		visit.submit()
		for again in stale:
			again.submit()
			assert again.stock_entry == visit.stock_entry
		assert stock(van.plain, van.warehouse) == 4
		assert frappe.db.count("Stock Entry", {"engineer_visit": visit.name}) == 1

	def test_a_repeat_compares_serial_numbers_not_their_spelling(self, van):
		part = {"item_code": van.serial, "qty": 2, "serial_nos": ", ".join(van.numbers).lower()}
		visit = visit_of(van, part)
		again = frappe.get_doc("Engineer Visit", visit.name)
		visit.submit()
		again.submit()
		assert again.parts[0].serial_nos == "\n".join(van.numbers)
		assert stock(van.serial, van.warehouse) == 0

	def test_a_repeat_with_other_content_is_told_so(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		again = frappe.get_doc("Engineer Visit", visit.name)
		visit.submit()
		again.parts[0].qty = 2
		with pytest.raises(AlreadySubmittedError, match=visit.stock_entry):
			again.submit()
		assert stock(van.plain, van.warehouse) == 4

	def test_cancelled_twice(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		visit.submit()
		visit.cancel()
		again = frappe.get_doc("Engineer Visit", visit.name)
		again.cancel()
		assert stock(van.plain, van.warehouse) == 5

	def test_the_key_keeps_a_visit_from_being_drawn_twice(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		visit.submit()
		from support_service.foundation.posting import Posting
		from support_service.service_parts import visit_stock

		visit_stock.draw(visit, Posting())
		assert stock(van.plain, van.warehouse) == 4
		entry = frappe.get_doc("Stock Entry", visit.stock_entry)
		twice = frappe.copy_doc(entry).update({"service_consumption_key": visit.name})
		twice.flags.by_after_sales_service = True
		with pytest.raises(frappe.UniqueValidationError):
			twice.insert()

	def test_what_somebody_imports_with_its_key_is_not_its_own(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		frappe.set_user(make_user("Stock User", "Service Manager").name)
		claimed = {
			"engineer_visit": visit.name,
			"service_request": visit.service_request,
			"service_consumption_key": visit.name,
		}
		entry = frappe.get_doc(
			{
				"doctype": "Stock Entry",
				"stock_entry_type": "Material Issue",
				"company": visit.company,
				"items": [{"item_code": van.plain, "qty": 2, "s_warehouse": van.warehouse}],
				**claimed,
			}
		).insert()
		assert not any(entry.get(field) for field in claimed)
		with pytest.raises(FilledByTheAppError):
			frappe.get_doc("Stock Entry", entry.name).update(claimed).save()
		entry.reload()
		entry.submit()
		frappe.set_user("Administrator")
		visit.submit()
		assert visit.stock_entry != entry.name
		assert stock(van.plain, van.warehouse) == 2

	def test_a_copied_stock_entry_is_an_ordinary_one(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		visit.submit()
		copy = frappe.copy_doc(frappe.get_doc("Stock Entry", visit.stock_entry), ignore_no_copy=False)
		assert not copy.service_consumption_key and not copy.engineer_visit


def pretend_request(method: str, data: dict[str, Any]) -> None:
	frappe.local.request = Request(EnvironBuilder(method=method, json=data).get_environ())


def by_document(name: str) -> None:
	frappe.get_doc("Engineer Visit", name).submit()


def by_desk_form(name: str) -> None:
	frappe.response.docs = []
	savedocs(frappe.get_doc("Engineer Visit", name).as_json(), "Submit")


def by_rest(name: str) -> None:
	pretend_request("PUT", {"docstatus": 1})
	v1.update_doc("Engineer Visit", name)


def by_client(name: str) -> None:
	client.submit(frappe.get_doc("Engineer Visit", name).as_json())


def by_method_call(name: str) -> None:
	pretend_request("POST", {})
	run_doc_method("submit", dt="Engineer Visit", dn=name)


class TestTransactions:
	@pytest.mark.parametrize("door", [by_document, by_desk_form, by_rest, by_client, by_method_call])
	def test_every_way_to_submit_is_a_transaction_of_its_own(self, van, door, monkeypatch):
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		frappe.db.commit()
		begun = []
		run_whole = transactions.run_whole
		monkeypatch.setattr(frappe.local, "request", None, raising=False)
		monkeypatch.setattr(transactions, "run_whole", lambda *args: (begun.append(1), run_whole(*args))[1])
		door(visit.name)
		assert begun == [1]
		assert stock(van.plain, van.warehouse) == 4

	def test_own_transaction_is_left_to_the_caller_to_commit(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		frappe.db.commit()
		visit.submit()
		frappe.db.rollback()
		assert stock(van.plain, van.warehouse) == 5
		assert frappe.db.get_value("Engineer Visit", visit.name, "docstatus") == 0

	def test_a_refusal_keeps_what_the_caller_had_written_before(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 6})
		frappe.db.commit()
		note = insert("Note", {"title": unique("Note")}, {})
		with pytest.raises(errors.NotEnoughStockError):
			visit.submit()
		assert frappe.db.exists("Note", note.name)

	def test_the_document_comes_back_as_handed_in_after_a_refusal(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 6})
		frappe.db.commit()
		visit.work_done = "Typed just now"
		with pytest.raises(errors.NotEnoughStockError):
			visit.submit()
		visit.parts[0].qty = 1
		visit.submit()
		assert (visit.work_done, stock(van.plain, van.warehouse)) == ("Typed just now", 4)

	def test_a_swallowed_deadlock_is_noticed(self, van, monkeypatch):
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		frappe.db.commit()
		from support_service.service_parts import unit_parts

		attempts = []

		def swallow(doc, method=None):
			attempts.append(1)
			if len(attempts) == 1:
				frappe.db.rollback()  # what the database does on a deadlock

		monkeypatch.setattr(unit_parts, "append", swallow)
		visit.submit()
		frappe.db.commit()
		assert len(attempts) == 2
		assert stock(van.plain, van.warehouse) == 4
		assert frappe.db.count("Stock Entry", {"service_consumption_key": visit.name}) == 1

	def test_a_case_changed_meanwhile_is_read_again(self, van, monkeypatch):
		# a report that moves nothing, and before it is decided who pays: the visit does not hold the case yet
		case = make_service_request().name
		frappe.db.set_value("Service Request", case, "status", "In Progress")
		part = {"item_code": van.plain, "qty": 1}
		visit = visit_of(van, part, service_request=case, outcome="Not Solved")
		frappe.db.commit()
		from support_service.service_charging.decision import visits as visit_decisions

		attempts = []

		def clash(doc, method=None):
			attempts.append(1)
			if len(attempts) == 1:
				with second_connection() as other:
					other.sql(
						"update `tabService Request` set modified = now(6) where name = %s",
						(visit.service_request,),
					)
					other.commit()
			frappe.get_doc("Service Request", visit.service_request).save()

		monkeypatch.setattr(visit_decisions, "decide", clash)
		visit.submit()
		assert len(attempts) == 2
		assert not frappe.message_log
		assert stock(van.plain, van.warehouse) == 4

	def test_a_draft_changed_by_somebody_else_is_not_submitted(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		frappe.db.commit()
		frappe.get_doc("Engineer Visit", visit.name).save()
		frappe.db.commit()
		with pytest.raises(frappe.TimestampMismatchError):
			visit.submit()
		assert frappe.message_log
		assert stock(van.plain, van.warehouse) == 5

	def test_a_callers_stale_snapshot_is_refused(self, van):
		place = (van.plain, van.warehouse)
		frappe.db.commit()
		stock(*place)  # opens the snapshot
		with second_connection() as other:
			other.sql("update tabBin set modified = now(6) where item_code = %s and warehouse = %s", place)
			other.commit()
		with pytest.raises(bins.StockChangedError, match="try again"):
			bins.lock_in_callers_transaction([place])

	def test_who_owns_the_transaction(self, van):
		visit = visit_of(van, {"item_code": van.plain, "qty": 1})
		assert not transactions.owns_transaction(visit)
		frappe.db.commit()
		assert transactions.owns_transaction(visit)
		visit.flags.in_callers_transaction = True
		assert not transactions.owns_transaction(visit)
