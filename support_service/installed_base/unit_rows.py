"""Reading, locking and writing the rows of Installed Unit for `placements`, a whole batch at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import frappe
from frappe.contacts.doctype.address.address import get_address_display
from frappe.utils import strip_html

from support_service.foundation import locks, rows
from support_service.foundation.names import series
from support_service.foundation.names.keys import LENGTH as KEY_LENGTH
from support_service.foundation.names.keys import key_of
from support_service.installed_base.placement_rules import Reference

if TYPE_CHECKING:
	from support_service.installed_base.placements import NewUnit

DOCTYPE = "Installed Unit"
# handed on to callers that make keys of units
__all__ = ("KEY_LENGTH", "key_of")
# in this order; a unit with the key of a Serial No or Asset also links it: the form, `placements` and a patch see to that
FOUND_BY = ("serial_no", "asset", "source_key")
# what a delivery may change of a unit that exists
CHANGED_BY_DELIVERIES = (
	"customer",
	"customer_name",
	"state",
	"contact",
	"site_address",
	"site_address_display",
	"latitude",
	"longitude",
	"parent_unit",
	"delivered_on",
	"delivery_note",
	"source_doctype",
	"source_name",
	"installed_on",
)


def find(units: Iterable[NewUnit]) -> dict[str, str]:
	"""source_key → name of those of `units` that exist, as this transaction sees them; also those a person entered."""
	return {key: row.name for key, row in _match(list(units), lock=False).items()}


def lock(units: Iterable[NewUnit]) -> dict[str, Any]:
	"""source_key → row of those of `units` that exist now, locked until the transaction ends."""
	# read by unique values that exist: InnoDB locks these rows and no gap beside them
	return _match(list(units), lock=True)


def free_keys(units: Iterable[NewUnit]) -> None:
	"""Clear the keys of `units` where a stored unit has one but no longer links the Serial No or Asset it is made from."""
	keys = [unit.source_key for unit in units if unit.serial_no or unit.asset]
	filters = {"source_key": ("in", keys or [""]), "serial_no": ("is", "not set"), "asset": ("is", "not set")}
	gone = frappe.get_all(DOCTYPE, filters=filters, pluck="name", order_by="name")
	if gone:
		frappe.db.set_value(DOCTYPE, {"name": ("in", gone)}, "source_key", None)


def lock_names(names: Iterable[str]) -> dict[str, Any]:
	"""name → row as it is now, locked until the transaction ends; in the order of names, so that two callers never deadlock."""
	return by_names(names, lock=True)


def by_names(names: Iterable[str], *, lock: bool) -> dict[str, Any]:
	"""name → row; with `lock` as `lock_names` gives it, else as this transaction sees it."""
	return {row.name: row for row in _select("name", sorted(set(names)), lock)}


def new_rows(units: Sequence[NewUnit], *, delivered: bool) -> list[dict[str, Any]]:
	"""The rows to insert for `units`, with names from the naming series."""
	items = _facts("Item", {unit.item_code for unit in units}, ("item_name", "item_group", "brand"))
	customers = _facts(
		"Customer", {unit.customer for unit in units if not unit.customer_name}, ("customer_name",)
	)
	lines = [
		{
			**_new_row(unit, items.get(unit.item_code, {}), customers.get(unit.customer, {})),
			"delivered_on": unit.happened_on if delivered else None,
		}
		for unit in units
	]
	displays = _displays({line["site_address"] for line in lines if not line["site_address_display"]})
	for line in lines:
		line["site_address_display"] = line["site_address_display"] or displays.get(line["site_address"])
	naming = series.default_series(DOCTYPE)
	for line, name in zip(lines, series.reserve(DOCTYPE, naming, lines), strict=True):
		line.update(name=name, naming_series=naming)
	return lines


def write(changed: Sequence[Any]) -> None:
	"""Write the columns that deliveries may change of rows that the caller has locked."""
	customers = _facts("Customer", {row.customer for row in changed}, ("customer_name",))
	moment, user = frappe.utils.now_datetime(), frappe.session.user
	rows.update(
		DOCTYPE,
		[
			{
				"name": row.name,
				# a form somebody has open must not write the former customer back
				"modified": moment,
				"modified_by": user,
				**{field: row[field] for field in CHANGED_BY_DELIVERIES},
				"customer_name": customers.get(row.customer, row).get("customer_name"),
			}
			for row in sorted(changed, key=lambda row: row.name)
		],
	)


def write_keys(keys: Mapping[str, str]) -> None:
	"""Write keys (name → source_key). `modified` changes, so that an open form cannot write the former key back."""
	moment: Any = frappe.utils.now_datetime()
	rows.update(
		DOCTYPE,
		[{"name": name, "source_key": key, "modified": moment} for name, key in sorted(keys.items())],
	)


def parts_below(units: Collection[str]) -> dict[str, str]:
	"""Every part of `units` on all levels below → which of `units` it is a part of."""
	found: dict[str, str] = {}
	level = {unit: unit for unit in units}
	while level:
		children = frappe.get_all(
			DOCTYPE,
			filters={"parent_unit": ("in", sorted(level))},
			fields=["name", "parent_unit"],
			order_by=None,
		)
		level = {
			row.name: level[row.parent_unit]
			for row in children
			if row.name not in found and row.name not in units
		}
		found.update(level)
	return found


def set_customer(owners: Mapping[str, str]) -> None:
	"""Write new customers of units (unit → customer) that are parts of units which changed customers."""
	stored = lock_names(owners)
	for name, row in stored.items():
		row.update(customer=owners[name], contact=None, site_address=None, site_address_display=None)
	write(list(stored.values()))


def source_of(row: Any) -> Reference | None:
	return (row.source_doctype, row.source_name) if row.source_name else None


def source_columns(reference: Reference | None) -> dict[str, str | None]:
	doctype, name = reference or (None, None)
	return {
		"source_doctype": doctype,
		"source_name": name,
		"delivery_note": name if doctype == "Delivery Note" else None,
	}


def site_of(unit: NewUnit, before: Any | None) -> dict[str, Any]:
	"""The columns of site and contact that a delivery changes; before: the row as it was, None for another customer's."""
	site = {}
	if unit.site_address and (before is None or unit.site_address != before.site_address):
		display = unit.site_address_display or _displays({unit.site_address})[unit.site_address]
		site = {
			"site_address": unit.site_address,
			"site_address_display": display,
			"latitude": 0,
			"longitude": 0,
		}
	if unit.contact and (before is None or not before.contact):
		site["contact"] = unit.contact
	return site


def _new_row(unit: NewUnit, item: Mapping[str, Any], customer: Mapping[str, Any]) -> dict[str, Any]:
	return {
		"name": None,
		"naming_series": None,
		"source_key": unit.source_key,
		"unit_name": unit.unit_name or item.get("item_name") or unit.item_code or unit.serial_label,
		"unit_kind": unit.unit_kind,
		"item_code": unit.item_code,
		"item_name": item.get("item_name"),
		"item_group": item.get("item_group"),
		"brand": item.get("brand"),
		"serial_no": unit.serial_no,
		"serial_label": unit.serial_label or unit.serial_no,
		"asset": unit.asset,
		"state": unit.state,
		"customer": unit.customer,
		"customer_name": unit.customer_name or customer.get("customer_name"),
		"contact": unit.contact,
		"site_address": unit.site_address,
		"site_address_display": unit.site_address_display,
		"company": unit.company,
		"installed_on": unit.installed_on,
		"accepted_on": unit.accepted_on,
		**source_columns(unit.reference),
	}


def _match(units: Sequence[NewUnit], *, lock: bool) -> dict[str, Any]:
	"""source_key → row. A unit with a Serial No or Asset is found by that link, whoever entered it; others by their key."""
	asked: dict[str, dict[str, NewUnit]] = {field: {} for field in FOUND_BY}
	for unit in units:
		field = next(field for field in FOUND_BY if getattr(unit, field))
		asked[field][_fold(getattr(unit, field))] = unit
	return {
		wanted[_fold(row[field])].source_key: row
		for field, wanted in asked.items()
		for row in _select(field, [getattr(unit, field) for unit in wanted.values()], lock)
	}


def _fold(value: str) -> str:
	"""`value` in the form in which the database compares: without case and trailing spaces."""
	return value.casefold().rstrip()


def _select(field: str, values: Sequence[str], lock: bool) -> list[Any]:
	found: list[Any] = []
	table = frappe.qb.DocType(DOCTYPE)
	fields = [table[name] for name in ("name", *FOUND_BY, *CHANGED_BY_DELIVERIES)]
	for start in range(0, len(values), rows.CHUNK):
		query = (
			frappe.qb.from_(table)
			.select(*fields)
			.where(table[field].isin(values[start : start + rows.CHUNK]))
		)
		found += locks.rows(query) if lock else query.run(as_dict=True)
	return found


def _facts(doctype: str, names: Collection[str | None], fields: Sequence[str]) -> dict[str, Any]:
	wanted = sorted(name for name in names if name)
	if not wanted:
		return {}
	found = frappe.get_all(doctype, filters={"name": ("in", wanted)}, fields=["name", *fields], order_by=None)
	return {row.name: row for row in found}


def _displays(addresses: Collection[str | None]) -> dict[str | None, str]:
	return {name: strip_html(get_address_display(name) or "") for name in addresses if name}
