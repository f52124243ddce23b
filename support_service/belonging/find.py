"""Find documents stored before the check existed that name something of another customer. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import frappe
from frappe.model.document import Document
from frappe.utils import getdate
from pypika.terms import ExistsCriterion

from support_service.belonging import check, owners
from support_service.belonging.check import Named
from support_service.belonging.table import CUSTOMER, TABLE


def violations() -> list[dict[str, Any]]:
	"""Links that `check` would refuse if they were new: doctype, name, field, row, value, customer.

	One statement per field finds the candidates; only for these the rest of the check is made. Documents about units that were
	sold afterwards are right. Serial numbers are not checked: where they were at that time is not known any more.
	"""
	found = []
	for doctype, ties in TABLE.items():
		fields = [(doctype, None, field) for field in ties.fields]
		for table, names in ties.rows.items():
			child = frappe.get_meta(doctype).get_field(table).options
			fields += [(child, table, field) for field in names]
		for holder, table, field in fields:
			for name, value, row in _suspects(doctype, holder, table, field):
				doc = frappe.get_doc(doctype, name)
				if not _is_right(doc, field, value):
					where = {
						"field": field,
						"row": row,
						"value": value,
						"customer": check.customer_of(doc, ties),
					}
					found.append({"doctype": doctype, "name": name, **where})
	return found


def _suspects(doctype: str, holder: str, table: str | None, field: str) -> Iterator[tuple[str, str, int]]:
	"""(document, value, row) of links whose target belongs to another customer today."""
	target = frappe.get_meta(holder).get_field(field).options
	doc, row, named = (frappe.qb.DocType(name) for name in (doctype, holder, target))
	named = named.as_("named")
	query = frappe.qb.from_(doc)
	if table:
		query = query.join(row).on((row.parent == doc.name) & (row.parentfield == table))
	source = row if table else doc
	link = TABLE[doctype].customer[0]
	whose = doc[link]
	anchor = frappe.get_meta(doctype).get_field(link).options
	if anchor != CUSTOMER:
		of = frappe.qb.DocType(anchor).as_("whose")
		query, whose = query.join(of).on(of.name == doc[link]), of[owners.BY_FIELD[anchor]]
	query = query.select(doc.name, source[field], source.idx).where((doc.docstatus < 2) & (whose != ""))
	if target in owners.BY_LINKS:
		query = query.where((source[field] != "") & ~_linked(target, source[field], whose))
		query = query.where(_linked(target, source[field]))
	elif target in owners.BY_FIELD:
		query = query.join(named).on(named.name == source[field])
		query = query.where(named[owners.BY_FIELD[target]] != whose)
	elif target == CUSTOMER:
		query = query.where((source[field] != "") & (source[field] != whose))
	else:
		return
	yield from query.run()


def _linked(target: str, name: Any, customer: Any = None) -> ExistsCriterion:
	link = frappe.qb.DocType("Dynamic Link").as_("link" if customer is None else "own_link")
	query = frappe.qb.from_(link).select(link.name)
	query = query.where((link.parenttype == target) & (link.parent == name) & (link.link_doctype == CUSTOMER))
	return ExistsCriterion(query if customer is None else query.where(link.link_name == customer))


def _is_right(doc: Document, field: str, value: str) -> bool:
	ties = TABLE[doc.doctype]
	table = next((table for table, fields in ties.rows.items() if field in fields), None)
	meta = frappe.get_meta(doc.meta.get_field(table).options) if table else doc.meta
	customer = check.customer_of(doc, ties)
	one = Named(doc, field, meta.get_field(field).options, value)
	if not customer or check.is_allowed_anyway(doc, ties, one, customer):
		return True
	# it may have been theirs when the document was written
	return owners.may_be_named_anyway(one.doctype, value, customer, getdate(doc.creation))
