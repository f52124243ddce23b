"""Who acts for which customer on the portal, and whose login is named by a Contact of a customer without acting for it.

The second kind comes first: whoever may change the customer decides about them on the customer's form.
"""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _
from frappe.utils import cint

from support_service.foundation.reports import column
from support_service.permissions import contact_ties

LIMIT = 5000


def execute(filters: dict[str, Any] | None = None) -> tuple:
	"""Columns and rows, as Frappe's script reports return them. filters: customer, only_undecided."""
	wanted = frappe._dict(filters or {})
	customers = dict(
		frappe.get_list(
			"Customer",
			filters={"name": wanted.customer} if wanted.customer else {},
			fields=["name", "customer_name"],
			as_list=True,
			order_by="name asc",
			limit_page_length=0,
		)
	)
	rows = _without_access(customers)
	if not cint(wanted.only_undecided):
		rows += _with_access(customers)
	for row in rows:
		row["customer_name"] = customers[row["customer"]]
	return _columns(), rows[:LIMIT]


def _without_access(customers: dict[str, str]) -> list[dict[str, Any]]:
	ties = contact_ties.ties_of(customers)
	logins = contact_ties.website_logins({address for tie in ties for address in tie.addresses})
	listed = contact_ties.portal_users({tie.customer for tie in ties})
	return [
		{
			"customer": tie.customer,
			"user": logins[address],
			"contact": tie.contact,
			"access": _("No: not a portal user of this customer")
			if tie.by_staff
			else _("No: a website user made or changed the contact"),
		}
		for tie in ties
		for address in sorted(tie.addresses)
		if address in logins and logins[address] not in listed[tie.customer]
	]


def _with_access(customers: dict[str, str]) -> list[dict[str, Any]]:
	rows = frappe.get_all(
		"Portal User",
		filters={"parenttype": "Customer", "parent": ("in", list(customers))},
		fields=["parent as customer", "user", "user.enabled", "user.last_login"],
		order_by="`tabPortal User`.parent asc, `tabPortal User`.idx asc",
		limit=LIMIT,
	)
	for row in rows:
		row.access = _("Yes") if row.enabled else _("No: the user is disabled")
	return rows


def _columns() -> list[dict[str, Any]]:
	return [
		column("customer", _("Customer"), "Link", 160, "Customer"),
		column("customer_name", _("Customer Name"), "Data", 200),
		column("user", _("User"), "Link", 220, "User"),
		column("access", _("Access"), "Data", 260),
		column("contact", _("Contact"), "Link", 180, "Contact"),
		column("last_login", _("Last Login"), "Datetime", 160),
	]
