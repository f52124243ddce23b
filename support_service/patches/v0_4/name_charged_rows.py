"""Rows of Quotations, Sales Orders and Sales Invoices name the decision they charge; before, only the document did.

A row made from another names what that one names, also where its document lost the link as the second of a charge. Runs
again without effect: only rows that name none are looked at.
"""

import frappe

from support_service.setup.fields import apply_fields

FIELD = "coverage_decision"
TABLES = ("Quotation", "Sales Order", "Sales Invoice")
# table, its field that names the row it was made from, that row's table; in the order in which ERPNext makes them
MADE_FROM = (
	("Sales Order Item", "quotation_item", "Quotation Item"),
	("Sales Invoice Item", "so_detail", "Sales Order Item"),
	("Sales Invoice Item", "sales_invoice_item", "Sales Invoice Item"),
)


def execute() -> None:
	"""The fields first: this runs before migrate brings them."""
	apply_fields()
	for doctype in TABLES:
		_take_over(f"{doctype} Item", "parent", doctype)
	for table, field, source in MADE_FROM:
		_take_over(table, field, source)


def _take_over(table: str, field: str, source: str) -> None:
	"""Raw SQL: the query builder does not write the table in SET, and both tables have the field."""
	frappe.db.sql(
		f"""update `tab{table}` `row` join `tab{source}` source on source.name = `row`.`{field}`
		set `row`.{FIELD} = source.{FIELD}
		where `row`.{FIELD} is null and source.{FIELD} is not null"""  # noqa: S608 - names are ours
	)
