"""What the supported versions of Frappe and ERPNext do differently, in one place.

Everything else asks here, or looks into a DocType's metadata, and never compares versions by itself.
"""

from __future__ import annotations

import re
from typing import Any

import frappe
from frappe.query_builder import DocType
from frappe.query_builder.functions import Coalesce, CombineDatetime, Count
from pypika.terms import LiteralValue, Term

MAJOR = int((re.match(r"\d+", frappe.__version__) or ["0"])[0])
SIXTEEN = MAJOR >= 16

# What a `has_permission` hook answers that refuses nothing. Frappe 15 takes anything but None for the last word, so that a True
# would end the chain of other apps' hooks; Frappe 16 takes anything falsy, None too, for a refusal.
NO_OBJECTION: bool | None = True if SIXTEEN else None


def escape(value: Any) -> str:
	"""`value` as SQL text for a list's condition; a percent sign stays one."""
	# Frappe 15 sends such a condition without parameters, so a doubled sign would stay doubled; Frappe 16 escapes for us
	return frappe.db.escape(value) if SIXTEEN else frappe.db.escape(value, percent=False)


def visible(doctype: str) -> Term | None:
	"""What the session's user may see of `doctype`, as a condition for a query of the query builder; None: all of it.

	The caller has checked that they may read the DocType at all.
	"""
	# not at the top: hooks.py imports this module
	from frappe.desk.reportview import build_match_conditions

	condition = build_match_conditions(doctype)
	if SIXTEEN:
		# Frappe doubles percent signs that `escape` has doubled already
		condition = condition.replace("%%%%", "%%")
	return LiteralValue(f"({condition})") if condition else None


def count_by(doctype: str, field: str, filters: dict[str, Any]) -> dict[Any, int]:
	"""Value of `field` → number of documents, whatever the user may see; by the filters of `frappe.get_all`."""
	table = DocType(doctype)
	query = frappe.qb.get_query(doctype, fields=[field], filters=filters)
	return dict(query.select(Count("*")).groupby(table[field]).run())


def posted_at(bundle: Any) -> Term:
	"""When a Serial and Batch Bundle was posted, as a datetime; `bundle` is its table in a query."""
	if SIXTEEN:
		return bundle.posting_datetime
	return CombineDatetime(bundle.posting_date, Coalesce(bundle.posting_time, "00:00:00"))


def check_party(company: str, party_type: str, party: str) -> None:
	"""Raise ERPNext's error where the party is frozen, in version 16 by that company, or disabled."""
	# not at the top: hooks.py imports this module
	from erpnext.accounts.party import validate_party_frozen_disabled

	validate_party_frozen_disabled(*((company,) if SIXTEEN else ()), party_type, party)
