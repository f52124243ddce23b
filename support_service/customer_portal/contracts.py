"""The customer's service contracts on their page: status, what they cover and what is left of it."""

from __future__ import annotations

from typing import Any

import frappe
from frappe import _

from support_service.customer_portal import marked_files, words
from support_service.service_coverage.contract import words as contract_words

LIMIT = 50
UNITS_SHOWN = 20


def contracts(customers: frozenset[str]) -> list[dict[str, Any]]:
	"""The customers' contracts, those in force first, then the newest; drafts and cancelled ones are left out.

	Each: name, title, words and tone of today's status, period, units (names), all_units, more_units (how many are not
	named), engineer, left (kind, words, percent), document (URL), files (marked for the customer).
	"""
	names = frappe.get_all(
		contract_words.CONTRACT,
		filters={"customer": ("in", sorted(customers)), "docstatus": 1},
		order_by="end_date desc, name desc",
		limit=LIMIT,
		pluck="name",
	)
	shown = [_shown(frappe.get_doc(contract_words.CONTRACT, name)) for name in names]
	return sorted(shown, key=lambda one: one["tone"] == "gray")


def _shown(contract: Any) -> dict[str, Any]:
	status, tone = contract_words.status_words(contract)
	ends = contract.terminated_on or contract.end_date
	engineer = contract.dedicated_engineer and frappe.get_cached_value(
		"Service Engineer", contract.dedicated_engineer, "engineer_name"
	)
	url = "/api/method/support_service.customer_portal.api.contract_document"
	return {
		"name": contract.name,
		"title": contract.title,
		"words": status,
		"tone": tone,
		"period": _("{0} to {1}").format(words.day(contract.start_date), words.day(ends)),
		"all_units": bool(contract.all_units),
		"units": [row.unit_name for row in contract.units[:UNITS_SHOWN]],
		"more_units": max(0, len(contract.units) - UNITS_SHOWN),
		"engineer": engineer,
		"left": contract_words.left_in_words(contract, say_day=words.day) if tone == "green" else [],
		"document": f"{url}?contract={contract.name}",
		"files": marked_files.listed(contract.doctype, contract.name, contract.customer),
	}
