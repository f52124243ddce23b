"""Items and serial numbers under another name: returns, parts inside units and reports still find the same piece."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import frappe
import pytest
from frappe.model.dynamic_links import fetch_distinct_link_doctypes
from frappe.utils import add_days, today

from support_service.foundation import rows
from support_service.installed_base import fitted_parts, renamed, unit_owners
from support_service.installed_base.deliveries import missing_pieces
from support_service.installed_base.fitted_parts import PartMovement
from support_service.service_coverage.warranty import policies as warranty_policies
from tests import factories
from tests.factories import insert, make_customer, make_item, make_stock_receipt, unique
from tests.site.coverage_world import make_cost_center
from tests.site.delivery_world import deliver, give_back, goods, unit_of, units_with
from tests.site.stored_name_world import bare


def bundle(*qty: int, names: tuple[str, ...] = ()) -> SimpleNamespace:
	"""A submitted delivery of one product bundle that packs so many of each item."""
	world = goods(1)
	parts = [
		make_item(
			service_unit_tracking="Yes", **({"item_code": name, "item_name": name} if name else {})
		).name
		for name in (names or ("",) * len(qty))
	]
	for part, number in zip(parts, qty, strict=True):
		make_stock_receipt(part, world.warehouse, number)
	whole = make_item(is_stock_item=0).name
	items = [{"item_code": part, "qty": number} for part, number in zip(parts, qty, strict=True)]
	insert("Product Bundle", {"new_item_code": whole, "items": items}, {})
	note = frappe.get_doc(
		{
			"doctype": "Delivery Note",
			"company": frappe.db.get_value("Warehouse", world.warehouse, "company"),
			"customer": world.customer,
			"set_warehouse": world.warehouse,
			"items": [{"item_code": whole, "qty": 1, "rate": 900, "warehouse": world.warehouse}],
		}
	).insert()
	note.submit()
	assert len(units_with(note.name)) == sum(qty)
	return SimpleNamespace(parts=parts, note=note)


def states(note: Any) -> list[str]:
	return sorted(unit.state for unit in units_with(note.name))


def rename(doctype: str, old: str, new: str, *, merge: bool = False) -> str:
	return frappe.rename_doc(doctype, old, new, force=True, merge=merge, show_alert=False)


NAMES = {
	"plain": lambda old: f"{old} New",
	"signs": lambda old: f"{old[5:]} 50% _x|2 “ä”",
	"capitals": lambda old: old.upper(),
	"long": lambda old: f"{old} {'x' * 120}",
}


@pytest.mark.parametrize("new", [None, *NAMES])
def test_a_return_finds_what_was_sold_in_a_bundle(new: str | None) -> None:
	"""None: not renamed at all, which was right before."""
	sold = bundle(2)
	if new:
		rename("Item", sold.parts[0], NAMES[new](sold.parts[0]))
	give_back(sold.note)
	assert states(sold.note) == ["Returned", "Returned"]


@pytest.mark.parametrize("again", [False, True])
def test_an_item_with_a_long_name_is_followed_to_a_short_one(again: bool) -> None:
	sold = bundle(2, names=(unique(f"Long {'y' * 110}"),))
	new = rename("Item", sold.parts[0], unique("Short"))
	if again:
		new = rename("Item", new, unique("Shorter"))
	give_back(sold.note)
	assert states(sold.note) == ["Returned", "Returned"]


def test_items_of_two_bundles_merged_into_one() -> None:
	first, second = bundle(2), bundle(1)
	rename("Item", first.parts[0], second.parts[0], merge=True)
	give_back(second.note)
	assert (states(first.note), states(second.note)) == (["In Service"] * 2, ["Returned"])
	give_back(first.note)
	assert states(first.note) == ["Returned", "Returned"]


@pytest.mark.parametrize("number", [0, 1])
def test_items_packed_together_and_merged(number: int) -> None:
	"""Three of one and two of another; either may be the one that stays. Each piece keeps a key of its own.

	ERPNext itself makes no return of such a bundle (it takes the two rows of one item for one).
	"""
	sold = bundle(3, 2)
	gone, stays = sold.parts[number], sold.parts[1 - number]
	rename("Item", gone, stays, merge=True)
	units = units_with(sold.note.name)
	assert {unit.item_code for unit in units} == {stays}
	assert sorted(unit.source_key.rsplit("|", 2)[1:] for unit in units) == [
		[stays, str(n)] for n in range(1, 6)
	]


def test_what_was_renamed_before_is_mended() -> None:
	sold, other = bundle(2), bundle(1)
	for unit in units_with(sold.note.name):
		row, number = unit.source_key.split("|")[1], unit.source_key[-1]
		unit.db_set("source_key", f"Delivery Note Item|{row}|Its former name|{number}")
	kept = units_with(other.note.name)[0].source_key
	assert renamed.mend() == 1
	assert renamed.mend() == 0
	assert units_with(other.note.name)[0].source_key == kept
	give_back(sold.note)
	assert states(sold.note) == ["Returned", "Returned"]


@pytest.mark.parametrize("follow", [True, False], ids=["renamed", "control"])
def test_a_part_is_taken_out_under_its_new_number(follow: bool) -> None:
	item = make_item(has_serial_no=1).name
	serial = insert("Serial No", {"item_code": item, "serial_no": unique("SN")}, {}).name
	unit, other = factories.make_installed_unit().name, factories.make_installed_unit().name

	def move(kind: str, number: str, voucher: str, where: str = unit) -> None:
		part = PartMovement(kind, item, 1, "row", number)
		fitted_parts.append(
			where,
			[part],
			voucher_type="Engineer Visit",
			voucher_no=voucher,
			happened_at=frappe.utils.now_datetime(),
		)

	first, second = bare("Engineer Visit").name, bare("Engineer Visit").name
	move("Fitted", serial, first)
	# another maker's part which happens to have that number
	foreign = bare(
		"Fitted Part Entry", installed_unit=other, kind="Fitted", item_code="X", serial_label=serial
	)
	new = rename("Serial No", serial, unique("SN")) if follow else serial
	assert unit_owners.holding(new, [item]) == [unit]
	move("Removed", new, second)
	assert not fitted_parts.inside_now(unit)
	assert frappe.db.get_value("Fitted Part Entry", foreign.name, "serial_label") == serial


def test_the_number_on_a_unit_and_what_shows_it_follow() -> None:
	world = goods(1)
	from tests.site.delivery_world import deliver

	deliver(world)
	unit = unit_of(world.numbers[0])
	case = factories.make_service_request(customer=unit.customer, installed_unit=unit.name)
	own = factories.make_installed_unit(serial_label=f"{world.numbers[0]} on the plate")
	new = rename("Serial No", world.numbers[0], unique("SN"))
	assert unit.reload().serial_label == new
	assert case.reload().serial_label == new
	assert set(frappe.get_all("Service Warranty", {"installed_unit": unit.name}, pluck="serial_label")) <= {
		new
	}
	assert own.reload().serial_label.endswith("on the plate")


def test_a_policy_is_read_again_when_what_it_names_is_renamed() -> None:
	center, group = (
		make_cost_center(unique("Center")),
		insert(
			"Item Group", {"item_group_name": unique("Group"), "parent_item_group": "All Item Groups"}, {}
		).name,
	)
	policy = factories.make_warranty_policy(
		cost_center=center, exclusions=[{"exclusion": "Wear", "applies_to": "Parts", "item_group": group}]
	).name
	assert warranty_policies.policy_set().cost_centers[policy] == center
	new_center, new_group = (
		rename("Cost Center", center, unique("Center")),
		rename("Item Group", group, unique("G")),
	)
	assert warranty_policies.policy_set().cost_centers[policy] == new_center
	assert [exclusion.item_group for exclusion in warranty_policies.policy_set().exclusions[policy]] == [
		new_group
	]


def test_a_dynamic_link_written_as_a_row_is_renamed_too() -> None:
	"""Frappe remembers for hours which DocTypes a Dynamic Link names: a kind that is new there must be told of."""
	table = "Takeover Finding"
	brand = insert("Brand", {"brand": unique("Brand")}, {}).name
	assert "Brand" not in fetch_distinct_link_doctypes(table, "source_doctype")
	row = {"name": unique("F"), "source_doctype": "Brand", "source_name": brand, "entry_key": unique("K")}
	rows.insert(table, [row])
	frappe.local.dynamic_link_map = None
	new = rename("Brand", brand, unique("Brand"))
	assert frappe.db.get_value(table, row["name"], "source_name") == new
	frappe.db.rollback()
	frappe.cache.delete_value(f"dynamic_link_map::{table}::source_doctype")


class TestMergedSerialNumbers:
	"""Two units were sold; their Serial Nos are merged, and what was sold stays where it is."""

	@pytest.fixture
	def world(self) -> SimpleNamespace:
		world = goods(3)
		world.gone, world.stays, world.third = world.numbers
		world.customers = [make_customer().name for _number in range(2)]
		world.first = deliver(
			world, [world.stays], customer=world.customers[0], posting_date=add_days(today(), -10)
		)
		return world

	def sell_second(self, world, *numbers: str) -> Any:
		return deliver(world, list(numbers), customer=world.customers[1], posting_date=add_days(today(), -5))

	def test_the_next_night_moves_nothing(self, world) -> None:
		second = self.sell_second(world, world.gone)
		alone, unit = (unit_of(number).name for number in (world.gone, world.stays))
		rename("Serial No", world.gone, world.stays, merge=True)
		assert missing_pieces.among("Delivery Note", [world.first.name, second.name]) == set()
		owners = [frappe.db.get_value("Installed Unit", name, "customer") for name in (unit, alone)]
		assert owners == world.customers

	def test_a_piece_beside_it_that_was_missed_is_found(self, world) -> None:
		second = self.sell_second(world, world.gone, world.third)
		missed = unit_of(world.third).name
		frappe.db.delete("Installed Unit Event", {"installed_unit": missed})
		frappe.db.delete("Installed Unit", {"name": missed})
		rename("Serial No", world.gone, world.stays, merge=True)
		assert missing_pieces.among("Delivery Note", [world.first.name, second.name]) == {second.name}
