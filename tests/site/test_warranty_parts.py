"""A replacement part has a warranty of its own for as long as it is inside."""

from datetime import date, timedelta
from types import SimpleNamespace

import frappe
import pytest
from frappe.utils import getdate

from support_service.installed_base import unit_events
from support_service.service_coverage.vocabulary import Kind
from support_service.service_coverage.warranty import warranties
from support_service.service_coverage.warranty.rules import months_after
from tests.factories import (
	make_done_visit,
	make_item,
	make_service_engineer,
	make_service_request,
	make_stock_receipt,
	make_warehouse,
	unique,
)
from tests.site.warranty_world import delivered, happens, ledger, warranties_of


@pytest.fixture
def work() -> SimpleNamespace:
	"""A unit in the last days of its warranty, its case, and a van with two boards."""
	unit = delivered(getdate() - timedelta(days=360), part_months=6)
	warehouse = make_warehouse().name
	board = make_item(has_serial_no=1).name
	numbers = [unique("SN"), unique("SN")]
	make_stock_receipt(board, warehouse, 2, serial_no="\n".join(numbers))
	case = make_service_request(installed_unit=unit.name, customer=unit.customer).name
	return SimpleNamespace(
		unit=unit.name,
		case=case,
		engineer=make_service_engineer().name,
		warehouse=warehouse,
		board=board,
		numbers=numbers,
	)


def visit(work: SimpleNamespace, **part):
	row = {"item_code": work.board, "qty": 1, **part}
	done = make_done_visit(row, engineer=work.engineer, service_request=work.case, warehouse=work.warehouse)
	done.submit()
	return done


def of_parts(unit: str) -> dict[str, SimpleNamespace]:
	return {row.part_serial: row for row in warranties_of(unit) if row.fitted_part}


def test_a_swapped_board_has_its_own_warranty(work):
	first, second = work.numbers
	done = visit(work, serial_nos=first)
	[given] = of_parts(work.unit).values()
	assert (given.part_item, given.part_serial, given.status) == (work.board, first, "Active")
	assert given.starts_on == getdate() and given.ends_on == months_after(getdate(), 6)
	assert (given.reference_doctype, given.reference_name) == ("Engineer Visit", done.name)
	visit(work, serial_nos=second, removed_serial_nos=first)
	parts = of_parts(work.unit)
	assert {number: row.status for number, row in parts.items()} == {first: "Void", second: "Active"}
	# the unit's own is as it was
	[own] = [row for row in warranties_of(work.unit) if not row.fitted_part]
	assert ledger(own.name) == ["Started"]
	assert frappe.db.get_value("Installed Unit", work.unit, "warranty_until") == own.ends_on


def test_a_cancelled_visit_undoes_both(work):
	first, second = work.numbers
	visit(work, serial_nos=first)
	swap = visit(work, serial_nos=second, removed_serial_nos=first)
	before = of_parts(work.unit)[first].ends_on
	swap.cancel()
	parts = of_parts(work.unit)
	assert {number: row.status for number, row in parts.items()} == {first: "Active", second: "Void"}
	assert parts[first].ends_on == before
	assert ledger(parts[first].name) == ["Started", "Voided", "Corrected"]


def test_what_a_person_made_void_does_not_come_back_with_the_part(work):
	first, second = work.numbers
	visit(work, serial_nos=first)
	name = of_parts(work.unit)[first].name
	warranties.void(name, reason="burnt by the customer")
	swap = visit(work, serial_nos=second, removed_serial_nos=first)
	swap.cancel()
	assert ledger(name) == ["Started", "Voided"]


def test_the_rule_of_the_policy_decides(work):
	for rule, expected in (
		("Remaining of the Unit", frappe.db.get_value("Installed Unit", work.unit, "warranty_until")),
		("Own Period", months_after(getdate(), 6)),
	):
		own = next(row for row in warranties_of(work.unit) if not row.fitted_part)
		frappe.get_doc("Warranty Policy", own.policy).update({"part_rule": rule}).save()
		number = work.numbers.pop()
		visit(work, serial_nos=number)
		assert of_parts(work.unit)[number].ends_on == expected


def test_sources_say_which_part_is_meant(work):
	visit(work, serial_nos=work.numbers[0])
	later = getdate() + timedelta(days=60)
	own, part = warranties.sources(work.unit, later)
	assert (own.part, own.in_force) == (None, False)
	assert (part.part, part.in_force) == (work.numbers[0], True)
	assert part.until[Kind.PART] == months_after(getdate(), 6)


def test_a_unit_that_comes_back_takes_its_parts_along(work):
	visit(work, serial_nos=work.numbers[0])
	customer = frappe.db.get_value("Installed Unit", work.unit, "customer")
	happens(work.unit, unit_events.RETURNED, getdate())
	assert {row.status for row in warranties_of(work.unit)} == {"Suspended"}
	happens(work.unit, unit_events.DELIVERED, getdate(), customer)
	assert {row.status for row in warranties_of(work.unit)} == {"Active"}
	assert isinstance(warranties_of(work.unit)[0].ends_on, date)
