"""Reading what the settings and ERPNext say about removed pieces: one query per DocType, however many rows there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import frappe
from frappe.utils import cint

from support_service.service_parts.removed.disposition_rules import Defaults, Rule
from support_service.service_parts.removed.lifecycle import Goes

SETTINGS = "Support Service Settings"


@dataclass(slots=True)
class Facts:
	"""items: item → stock_uom, has_serial_no, groups (its own first). serials: number, case-folded → the Serial No of that name."""

	settings: Defaults
	items: dict[str, Any] = field(default_factory=dict)
	serials: dict[str, Any] = field(default_factory=dict)


def gather(rows: Iterable[Any]) -> Facts:
	"""The facts about the removed pieces of `rows` (Engineer Visit Parts)."""
	pieces = [piece for row in rows for piece in (row.removed_pieces() or [row.as_piece()])]
	serials = _serials({piece.serial_no for piece in pieces if piece.serial_no})
	items = {piece.item_code for piece in pieces} | {serial.item_code for serial in serials.values()}
	return Facts(_settings(), _items(items), serials)


def _settings() -> Defaults:
	doc = frappe.get_cached_doc(SETTINGS)
	rules = {
		rule.item_group: Rule(rule.disposition or "", cint(rule.due_days)) for rule in doc.removed_part_rules
	}
	return Defaults(
		rules=rules,
		otherwise=doc.removed_part_otherwise or Goes.LEFT_WITH_CUSTOMER,
		due_days=cint(doc.removed_part_due_days),
	)


def _serials(names: set[str]) -> dict[str, Any]:
	if not names:
		return {}
	found = frappe.get_all(
		"Serial No",
		filters={"name": ("in", sorted(names))},
		fields=["name", "item_code", "batch_no"],
		order_by=None,
	)
	return {serial.name.casefold(): serial for serial in found}


def _items(names: set[str]) -> dict[str, Any]:
	"""Item → its facts, with the groups above its own from the nearest to the farthest."""
	item, own, above = (
		frappe.qb.DocType("Item"),
		frappe.qb.DocType("Item Group").as_("own"),
		frappe.qb.DocType("Item Group").as_("above"),
	)
	rows = (
		frappe.qb.from_(item)
		.left_join(own)
		.on(own.name == item.item_group)
		.left_join(above)
		.on((above.lft <= own.lft) & (above.rgt >= own.rgt))
		.select(item.name, item.stock_uom, item.has_serial_no, above.name.as_("item_group"))
		.where(item.name.isin(sorted(names)))
		.orderby(above.lft, order=frappe.qb.desc)
		.run(as_dict=True)
	)
	facts: dict[str, Any] = {}
	for row in rows:
		known = facts.setdefault(
			row.name, frappe._dict(stock_uom=row.stock_uom, has_serial_no=row.has_serial_no, groups=())
		)
		known.groups += (row.item_group,) if row.item_group else ()
	return facts
