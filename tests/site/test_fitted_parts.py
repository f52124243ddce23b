"""A unit shows what is inside it now, when each part came and with which visit."""

from types import SimpleNamespace
from typing import Any

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime

from support_service.foundation.ledger import LedgerIsAppendOnlyError
from support_service.installed_base import api, fitted_parts
from support_service.installed_base.fitted_parts import PartMovement
from tests.factories import (
	make_done_visit,
	make_installed_unit,
	make_item,
	make_service_engineer,
	make_service_request,
	make_stock_receipt,
	make_user,
	make_warehouse,
	unique,
)


@pytest.fixture
def site_work() -> SimpleNamespace:
	"""A unit with a case, and a van with two serial boards and ten fans."""
	unit = make_installed_unit()
	warehouse = make_warehouse().name
	board, fan = make_item(has_serial_no=1).name, make_item().name
	numbers = [unique("SN"), unique("SN")]
	make_stock_receipt(board, warehouse, 2, serial_no="\n".join(numbers))
	make_stock_receipt(fan, warehouse, 10)
	case = make_service_request(installed_unit=unit.name, customer=unit.customer)
	return SimpleNamespace(
		unit=unit.name,
		customer=unit.customer,
		case=case.name,
		engineer=make_service_engineer().name,
		warehouse=warehouse,
		board=board,
		fan=fan,
		numbers=numbers,
	)


def submitted(work: SimpleNamespace, *parts: dict[str, Any], hours_ago: int = 0) -> Any:
	left = add_to_date(now_datetime(), hours=-hours_ago)
	visit = make_done_visit(
		*parts,
		engineer=work.engineer,
		service_request=work.case,
		warehouse=work.warehouse,
		arrived_at=add_to_date(left, hours=-1),
		left_at=left,
	)
	visit.submit()
	return visit


def board(work: SimpleNamespace, number: int, **values: Any) -> dict[str, Any]:
	return {"item_code": work.board, "qty": 1, "serial_nos": work.numbers[number], **values}


def inside(work: SimpleNamespace) -> list[tuple[str, float, str | None]]:
	return [(part.item_code, part.qty, part.serial_label) for part in fitted_parts.inside_now(work.unit)]


def ledger(work: SimpleNamespace) -> list[Any]:
	return frappe.get_all(
		"Fitted Part Entry",
		filters={"installed_unit": work.unit},
		fields=["kind", "item_code", "serial_label", "qty", "recorded_by", "reversal_of", "voucher_no"],
		order_by="creation",
	)


class TestLedger:
	def test_fitted_parts_are_inside_since_the_visit(self, site_work):
		visit = submitted(site_work, board(site_work, 0), {"item_code": site_work.fan, "qty": 3}, hours_ago=5)
		assert inside(site_work) == [(site_work.board, 1, site_work.numbers[0]), (site_work.fan, 3, None)]
		part = fitted_parts.inside_now(site_work.unit)[0]
		assert (part.voucher_type, part.voucher_no) == ("Engineer Visit", visit.name)
		assert part.since == visit.left_at

	def test_one_row_per_serial_number(self, site_work):
		row = {"item_code": site_work.board, "qty": 2, "serial_nos": "\n".join(site_work.numbers)}
		submitted(site_work, row)
		assert [(row.qty, row.serial_label) for row in ledger(site_work)] == [
			(1, site_work.numbers[0]),
			(1, site_work.numbers[1]),
		]

	def test_consumables_leave_no_trace(self, site_work):
		submitted(site_work, {"item_code": site_work.fan, "qty": 1, "fit_to_unit": 0})
		assert ledger(site_work) == []

	def test_a_visit_without_unit_leaves_no_trace(self, site_work):
		case = make_service_request(customer=site_work.customer).name
		visit = submitted(SimpleNamespace(**{**vars(site_work), "case": case}), board(site_work, 0))
		assert visit.stock_entry and not frappe.db.exists("Fitted Part Entry", {"voucher_no": visit.name})

	def test_the_replaced_part_is_closed(self, site_work):
		submitted(site_work, board(site_work, 0), hours_ago=9)
		submitted(
			site_work,
			board(
				site_work,
				1,
				removed_item_code=site_work.board,
				removed_qty=1,
				removed_serial_nos=site_work.numbers[0],
			),
		)
		assert inside(site_work) == [(site_work.board, 1, site_work.numbers[1])]

	def test_a_removed_number_stated_under_another_item_closes_the_one_inside(self, site_work):
		submitted(site_work, board(site_work, 0), hours_ago=9)
		submitted(
			site_work,
			{
				"item_code": site_work.fan,
				"qty": 1,
				"removed_item_code": site_work.fan,
				"removed_serial_nos": site_work.numbers[0],
			},
		)
		assert inside(site_work) == [(site_work.fan, 1, None)]

	def test_an_unknown_removed_number_is_recorded(self, site_work):
		submitted(site_work, board(site_work, 0, removed_serial_nos="FACTORY-1"))
		assert ("Removed", "FACTORY-1") in [(row.kind, row.serial_label) for row in ledger(site_work)]
		assert inside(site_work) == [(site_work.board, 1, site_work.numbers[0])]

	def test_visits_submitted_late_are_ordered_by_the_work(self, site_work):
		submitted(site_work, board(site_work, 1, removed_serial_nos=site_work.numbers[0]), hours_ago=2)
		submitted(site_work, board(site_work, 0), hours_ago=20)
		assert inside(site_work) == [(site_work.board, 1, site_work.numbers[1])]

	def test_cancel_appends_the_reversal(self, site_work):
		submitted(site_work, board(site_work, 0), hours_ago=9)
		visit = submitted(site_work, board(site_work, 1, removed_serial_nos=site_work.numbers[0]))
		before = ledger(site_work)
		visit.cancel()
		after = ledger(site_work)
		assert after[: len(before)] == before
		assert [bool(row.reversal_of) for row in after[len(before) :]] == [True, True]
		assert inside(site_work) == [(site_work.board, 1, site_work.numbers[0])]

	def test_recorded_twice_stands_once(self, site_work):
		what = {"voucher_type": "Installed Unit", "voucher_no": site_work.unit, "happened_at": now_datetime()}
		movement = PartMovement("Fitted", site_work.fan, 2, "row")
		assert len(fitted_parts.append(site_work.unit, [movement], **what)) == 1
		assert fitted_parts.append(site_work.unit, [movement], **what) == []
		assert len(fitted_parts.reverse_voucher("Installed Unit", site_work.unit)) == 1
		assert fitted_parts.reverse_voucher("Installed Unit", site_work.unit) == []

	def test_rows_name_who_recorded_them(self, site_work):
		submitted(site_work, board(site_work, 0))
		assert {row.recorded_by for row in ledger(site_work)} == {"Administrator"}


class TestAppendOnly:
	def test_neither_written_nor_changed_nor_deleted_by_others(self, site_work):
		submitted(site_work, board(site_work, 0))
		row = frappe.get_last_doc("Fitted Part Entry", {"installed_unit": site_work.unit})
		with pytest.raises(LedgerIsAppendOnlyError):
			frappe.copy_doc(row).insert(ignore_permissions=True)
		row.qty = 9
		with pytest.raises(LedgerIsAppendOnlyError):
			row.save(ignore_permissions=True)
		with pytest.raises(LedgerIsAppendOnlyError):
			frappe.delete_doc("Fitted Part Entry", row.name, ignore_permissions=True)

	def test_a_unit_and_a_visit_with_history_cannot_be_deleted(self, site_work):
		visit = submitted(site_work, board(site_work, 0))
		visit.cancel()
		for doctype, name in (("Installed Unit", site_work.unit), ("Engineer Visit", visit.name)):
			with pytest.raises(frappe.LinkExistsError):
				frappe.delete_doc(doctype, name)


class TestApi:
	def test_inside_now_and_history(self, site_work):
		visit = submitted(site_work, board(site_work, 0, removed_serial_nos="FACTORY-1"))
		(part,) = api.inside_now(site_work.unit)
		assert (part["serial_label"], part["voucher_no"]) == (site_work.numbers[0], visit.name)
		assert part["item_name"] == frappe.db.get_value("Item", site_work.board, "item_name")
		history = api.unit_history(site_work.unit)
		assert {row["kind"] for row in history["parts"]} == {"Fitted", "Removed"}
		assert [row.name for row in history["cases"]] == [site_work.case]
		assert [row.name for row in history["visits"]] == [visit.name]

	@pytest.mark.parametrize("method", [api.inside_now, api.unit_history])
	def test_permission_first(self, site_work, method):
		frappe.set_user(make_user("Sales User").name)
		with pytest.raises(frappe.PermissionError):
			method(site_work.unit)
