"""Refuse a document that names something of another customer; a hook of every DocType of the table (hooks.py).

Only links that are new or have changed are checked, and all of them again at submit: units are sold on, and a document that was
right when it was written may stay as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cstr, escape_html, getdate

from support_service.belonging import owners
from support_service.belonging.table import CUSTOMER, TABLE, Ties
from support_service.foundation import first_read


class OfAnotherCustomerError(frappe.ValidationError):
	"""A document names something that belongs to another customer."""


class CustomerUnknownError(frappe.ValidationError):
	"""A visit to a customer's unit is submitted although its request names no customer."""


@dataclass(frozen=True, slots=True)
class Named:
	"""One filled link: `field` of `holder` names `name` of `doctype`. row: number of the row; 0 for the document itself."""

	holder: Document
	field: str
	doctype: str
	name: str
	row: int = 0


def check(doc: Document, method: str | None = None) -> None:
	"""Hook `validate` and `before_update_after_submit`.

	:raises OfAnotherCustomerError: the message says which field and what to do.
	:raises CustomerUnknownError: only at submit.
	"""
	ties = TABLE[doc.doctype]
	_refuse(doc, ties, [*_fields(doc, ties), *_rows(doc, ties)])
	if ties.serials and _submits(doc):
		_check_serials(doc, ties)


def check_row(row: Document, method: str | None = None) -> None:
	"""Hook `validate` of child rows, which runs only for a row that is saved on its own, without its document."""
	doc = frappe.get_doc(row.parenttype, row.parent)
	ties = TABLE[doc.doctype]
	fields = ties.rows.get(row.parentfield, ())
	_refuse(doc, ties, [named for field in fields if (named := _named(row, field, row.idx))])


def _refuse(doc: Document, ties: Ties, named: list[Named]) -> None:
	if not named:
		return
	by_doctype = {
		doctype: _owners(doc, doctype, [one.name for one in named if one.doctype == doctype])
		for doctype in {one.doctype for one in named}
	}
	owned = [(one, found) for one in named if (found := by_doctype[one.doctype].get(one.name))]
	if not owned:
		return
	customer = customer_of(doc, ties)
	if not customer:
		_require_customer(doc, ties)
		return
	for one, found in owned:
		if customer not in found and not is_allowed_anyway(doc, ties, one, customer):
			_throw(doc, one, customer, found)


def _owners(doc: Document, doctype: str, names: list[str]) -> owners.Owners:
	"""As `owners.of`. What the room of `doc` has read in this transaction, and nobody can have changed since, is not read again.

	It stands in `doc.first_read.owners` (`foundation/first_read.py`).
	"""
	read = first.owners if (first := first_read.of(doc)) else {}
	known = {name: frozenset((owner,)) for name in names if (owner := read.get((doctype, name)))}
	return {**owners.of(doctype, [name for name in names if (doctype, name) not in read]), **known}


def customer_of(doc: Document, ties: Ties) -> str | None:
	"""The customer that `doc` belongs to."""
	for link in ties.customer:
		name, target = doc.get(link), doc.meta.get_field(link).options
		if name and (customers := owners.of(target, [name]).get(name)):
			return min(customers)  # one; only addresses and contacts can have several
	return None


def _fields(doc: Document, ties: Ties) -> Iterator[Named]:
	before = doc.get_doc_before_save()
	moved = _submits(doc) or before is None or any(_differs(doc, before, name) for name in ties.customer)
	for field in (*ties.fields, *ties.lasting):
		again = moved and (field in ties.fields or before is None)
		if (again or _differs(doc, before, field)) and (named := _named(doc, field)):
			yield named


def _rows(doc: Document, ties: Ties) -> Iterator[Named]:
	before = doc.get_doc_before_save()
	moved = before is None or any(_differs(doc, before, name) for name in ties.customer)
	for table, fields in ties.rows.items():
		for field in fields:
			known = set() if moved else {row.get(field) for row in before.get(table)}
			for row in doc.get(table):
				if row.get(field) not in known and (named := _named(row, field, row.idx)):
					yield named


def _named(holder: Document, field: str, row: int = 0) -> Named | None:
	"""The link in `field`, if it is filled and its DocType can belong to a customer."""
	value, df = holder.get(field), holder.meta.get_field(field)
	doctype = holder.get(df.options) if df.fieldtype == "Dynamic Link" else df.options
	return Named(holder, field, doctype, value, row) if value and doctype in owners.KNOWN else None


def _differs(doc: Document, before: Document | None, field: str) -> bool:
	return before is None or cstr(doc.get(field)) != cstr(before.get(field))


def _submits(doc: Document) -> bool:
	return getattr(doc, "_action", None) == "submit"


def is_allowed_anyway(doc: Document, ties: Ties, one: Named, customer: str) -> bool:
	"""Whether something of another customer may be named: it was this one's on that day, or a linked document names it."""
	if owners.may_be_named_anyway(one.doctype, one.name, customer, _day(doc, ties)):
		return True
	return any(
		doc.get(link)
		and frappe.db.get_value(doc.meta.get_field(link).options, doc.get(link), one.field) == one.name
		for link in ties.as_in.get(one.field, ())
	)


def _day(doc: Document, ties: Ties) -> date | None:
	if not ties.day:
		return None
	link, _dot, field = ties.day.rpartition(".")
	if not link:
		value = doc.get(field)
	else:
		value = doc.get(link) and frappe.db.get_value(doc.meta.get_field(link).options, doc.get(link), field)
	return getdate(value) if value else None


def _check_serials(doc: Document, ties: Ties) -> None:
	"""Refuse serial numbers of removed parts that are in a unit of another customer."""
	customer = customer_of(doc, ties)
	for table, field in ties.serials.items():
		for row in doc.get(table):
			for serial in row.removed_serials():
				found = owners.of_serial(serial, (row.removed_item_code or row.item_code,))
				if found and customer not in found:
					_throw(doc, Named(row, field, owners.SERIAL_NO, serial, row.idx), cstr(customer), found)


def _require_customer(doc: Document, ties: Ties) -> None:
	if _submits(doc):
		frappe.throw(
			_("Enter the customer on the request first: nobody knows yet for which customer {0} is.").format(
				doc.get("service_request") or doc.name
			),
			CustomerUnknownError,
		)


def _throw(doc: Document, one: Named, customer: str, found: frozenset[str]) -> None:
	what = f"{_(one.holder.meta.get_label(one.field), context=one.holder.doctype)} {escape_html(one.name)}"
	if one.row:
		what = _("Row {0}: {1}", context="Other customer").format(one.row, what)
	seen = sorted(name for name in found if frappe.has_permission(CUSTOMER, "read", doc=name))
	whose = seen[0] if seen else _("another customer")
	frappe.throw(
		" ".join((_("{0} belongs to {1}, not to {2}.").format(what, whose, customer), _remedy(doc, one))),
		OfAnotherCustomerError,
	)


def _remedy(doc: Document, one: Named) -> str:
	if one.doctype in owners.BY_LINKS:
		return _("Choose one of this customer, empty the field, or add the customer to its links.")
	if one.doctype == owners.SERIAL_NO:
		return _("Check the number on the label. If the part has moved, first report its removal there.")
	if doc.get("service_request") and doc.doctype != "Service Request":
		return _("Choose one of this customer, or first correct customer and unit of request {0}.").format(
			doc.service_request
		)
	return _("Choose one of this customer, or correct the customer.")
