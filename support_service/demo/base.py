"""What every step of the demo uses: the site's company, acting as a user, find-or-make, printing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import frappe
from erpnext.accounts.utils import get_fiscal_year
from frappe.model.document import Document
from frappe.utils import add_days, getdate, today

DOMAIN = "service.example"
PASSWORD = "Demo-2026!"
SMALLER_UNITS = {"CNY": "Fen"}


class DemoNotPossibleError(frappe.ValidationError):
	"""The site lacks something that the demo needs."""


def say(text: str = "") -> None:
	"""One line to the terminal; the demo is an admin's tool and speaks English."""
	print(text, flush=True)


def company() -> Document:
	"""The site's company; raises DemoNotPossibleError before the setup wizard was completed."""
	name = frappe.db.get_single_value("Global Defaults", "default_company") or frappe.db.get_value(
		"Company", {}, order_by="creation"
	)
	if not name:
		raise DemoNotPossibleError(
			"This site has no company yet. Log in, complete ERPNext's setup wizard, then load the demo again."
		)
	return frappe.get_cached_doc("Company", name)


def complete_currency() -> None:
	"""Name the smaller unit of the company's currency where the site has not: version 16 writes no invoice without it."""
	currency = frappe.get_doc("Currency", company().default_currency)
	if not currency.fraction:
		currency.fraction = SMALLER_UNITS.get(currency.name, "Cent")
		currency.save()


def leaf(doctype: str, *preferred: str) -> str:
	"""A record of a tree that is no group: the first of `preferred` that exists, else the oldest.

	Raises DemoNotPossibleError where the tree has none.
	"""
	for name in preferred:
		if frappe.db.exists(doctype, {"name": name, "is_group": 0}):
			return name
	found = frappe.db.get_value(doctype, {"is_group": 0}, order_by="creation asc")
	if not found:
		raise DemoNotPossibleError(
			f"The site has no {doctype}. Add one in the desk, then load the demo again."
		)
	return found


def root(doctype: str, **filters: Any) -> str:
	"""The group at the top of a tree."""
	return frappe.db.get_value(doctype, {"is_group": 1, **filters}, order_by="lft asc")


def ensure(doctype: str, filters: dict[str, Any], values: dict[str, Any] | None = None) -> str:
	"""Name of the record that fits `filters`; inserted from both dicts where there is none."""
	found = frappe.db.get_value(doctype, filters)
	if found:
		return found
	return frappe.get_doc({"doctype": doctype, **filters, **(values or {})}).insert().name


def ensure_warehouse(name: str) -> str:
	"""The company's warehouse called `name`, made if needed."""
	house = company().name
	known = {"warehouse_name": name, "company": house}
	warehouse = ensure("Warehouse", known, {"parent_warehouse": root("Warehouse", company=house)})
	# ERPNext reads the accounts of all warehouses once in a process and would post nothing into one made later
	frappe.flags.warehouse_account_map = {}
	return warehouse


@contextmanager
def acting_as(user: str) -> Iterator[None]:
	"""Everything inside is done, and permitted or refused, as `user`."""
	former = frappe.session.user
	frappe.set_user(user)
	try:
		yield
	finally:
		frappe.set_user(former)


def day(days_ago: int) -> date:
	"""A day in the past that ERPNext will post to: never before the fiscal year of today."""
	wanted = getdate(add_days(today(), -days_ago))
	start = get_fiscal_year(today(), company=company().name)[1]
	return max(wanted, getdate(start))


def posting(days_ago: int, time: str) -> dict[str, Any]:
	"""Date fields of a backdated stock document; empty, so that it is posted now, where that day is today."""
	date_ = day(days_ago)
	if date_ >= getdate(today()):
		return {}
	return {"set_posting_time": 1, "posting_date": date_, "posting_time": time}


def keep_messages_here(requests: list[str]) -> None:
	"""Mark messages to the invented customers as skipped before they are committed, so that none is sent."""
	frappe.db.set_value(
		"Service Message",
		{"request": ("in", requests or [""]), "status": "Queued"},
		{"status": "Skipped", "error": "Demo data: nothing leaves the site."},
		update_modified=False,
	)
