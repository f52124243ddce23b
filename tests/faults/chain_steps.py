"""The steps of a part's way: what each is taken with, how it is taken, and what can be seen before and after."""

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import frappe

from support_service.service_charging.billing import orders as sales_orders
from support_service.service_charging.billing import visit_invoices
from support_service.service_parts.needs import orders, reserving
from support_service.service_parts.removed import moves
from support_service.service_parts.vans import api as vans
from tests.factories import make_item
from tests.faults.chain_world import (
	a_count,
	a_handover,
	a_need,
	a_part,
	a_submitted_visit,
	an_accepted_sale,
	charged_work,
	documents,
	moving,
	of_case,
	post,
	requested,
	reserved,
	seen_of_count,
	seen_of_handover,
	seen_of_part,
	seen_of_visit,
)


@dataclass(frozen=True)
class Step:
	"""One step of the chain.

	prepare: a committed subject to take it with. act: takes the step. look: what can be seen of it, `before` or `after`.
	meets: two rows as locking SELECTs, of which it locks the second first and the first later; None where ERPNext does it all.
	"""

	prepare: Callable[[SimpleNamespace], Any]
	act: Callable[[Any], Any]
	look: Callable[[Any], Any]
	before: Any
	after: Any
	meets: Callable[[SimpleNamespace, Any], tuple[str, str]] | None = None


def row_of(doctype: str, name: str, column: str = "name") -> str:
	table = frappe.qb.DocType(doctype)
	return locking(frappe.qb.from_(table).select(table.name).where(table[column] == name))


def bin_of(world: SimpleNamespace, warehouse: str) -> str:
	bin = frappe.qb.DocType("Bin")
	place = (bin.item_code == world.plain) & (bin.warehouse == warehouse)
	return locking(frappe.qb.from_(bin).select(bin.name).where(place))


def series(prefix: str) -> str:
	table = frappe.qb.Table("tabSeries")
	return locking(frappe.qb.from_(table).select(table.name).where(table.name.like(f"{prefix}%")))


def case_of(decision: str) -> str:
	return row_of("Service Request", frappe.db.get_value("Coverage Decision", decision, "service_request"))


def locking(query: Any) -> str:
	return query.for_update().get_sql()


def part_after_bin(world: SimpleNamespace, part: str) -> tuple[str, str]:
	return row_of("Removed Part", part), bin_of(world, world.defective)


STEPS = {
	"visit: cancel": Step(
		a_submitted_visit,
		lambda visit: frappe.get_doc("Engineer Visit", visit).cancel(),
		seen_of_visit,
		(1, 1, 1, ["Due"], "Returned"),
		(2, 0, 0, ["Cancelled"], "Lent"),
		lambda world, visit: (
			row_of("Removed Part", visit, "engineer_visit"),
			bin_of(world, world.warehouse),
		),
	),
	"need: reserve": Step(
		a_need,
		of_case(reserving.reserve),
		reserved,
		[],
		[1],
		lambda world, need: (row_of("Part Need", need), bin_of(world, world.people.van)),
	),
	"need: transfer": Step(
		lambda world: a_need(world, reserved=True),
		of_case(orders.transfer),
		requested,
		([1], []),
		([1], [1]),
		lambda world, need: (series("MAT-MR-"), row_of("Part Need", need)),
	),
	"need: purchase": Step(
		lambda world: a_need(world, make_item().name),
		of_case(orders.purchase),
		requested,
		([], []),
		([], [1]),
		lambda world, need: (series("MAT-MR-"), row_of("Part Need", need)),
	),
	"part: good": Step(
		lambda world: a_part(world, "receive"),
		moving("test_good"),
		seen_of_part,
		("Received", 2, 1, 1),
		("Tested", 3, 2, 3),
		part_after_bin,
	),
	"part: repaired": Step(
		lambda world: a_part(world, "receive", "test_repairable", "repair"),
		moving("repaired"),
		seen_of_part,
		("In Repair", 4, 1, 1),
		("Repaired", 5, 2, 3),
		part_after_bin,
	),
	"part: scrap": Step(
		lambda world: a_part(world, "receive", "test_defective"),
		moving("scrap", reason="Burnt"),
		seen_of_part,
		("Tested", 3, 1, 1),
		("Scrapped", 4, 2, 2),
		part_after_bin,
	),
	"part: to the vendor": Step(
		lambda world: a_part(world, "receive", "test_defective"),
		lambda part: moves.apply_move(part, "return_to_vendor", values={"vendor_reference": "RMA"}),
		seen_of_part,
		("Tested", 3, 1, 1),
		("Returned to Vendor", 4, 2, 2),
		part_after_bin,
	),
	"part: undo": Step(
		lambda world: a_part(world, "receive"),
		moves.undo,
		seen_of_part,
		("Received", 2, 1, 1),
		("Due", 3, 0, 0),
		part_after_bin,
	),
	"sale: order": Step(
		an_accepted_sale,
		sales_orders.order_of,
		documents("Sales Order", "sales_order"),
		(0, False),
		(1, True),
		lambda world, decision: (series("SAL-ORD-"), case_of(decision)),
	),
	"work: invoice": Step(
		charged_work,
		lambda decision: visit_invoices.invoice_of([decision]),
		documents("Sales Invoice", "sales_invoice"),
		(0, False),
		(1, True),
		lambda world, decision: (series("ACC-SINV-"), case_of(decision)),
	),
	"van: finish the count": Step(
		a_count,
		vans.finish_count,
		seen_of_count,
		("Open", [], 0),
		("Counted", [0], 0),
		lambda world, name: (series("MAT-RECO-"), row_of("Van Count", name)),
	),
	"van: post the count": Step(
		lambda world: a_count(world, finished=True),
		post,
		seen_of_count,
		("Counted", [0], 0),
		("In the Books", [1], 1),
	),
	"van: hand over": Step(
		a_handover,
		lambda name: vans.confirm_handover(name, "to", "On leave"),
		seen_of_handover,
		("Counted", True, False),
		("Handed Over", False, True),
		lambda world, name: (row_of("Service Engineer", world.giver.name), row_of("Van Handover", name)),
	),
}
