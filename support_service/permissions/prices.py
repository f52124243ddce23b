"""Who sees prices: what customers are charged, and what parts and hours cost us.

Both are permission levels of fields, so an admin gives them to other roles with a row in Role Permissions Manager. Functions
that answer with such amounts outside of a document ask here, so that every door gives the same answer.
"""

from __future__ import annotations

import frappe

from support_service.permissions import role_check

# (DocType, permission level) of the fields that hold them
CHARGES = ("Coverage Decision", 1)
COSTS = ("Engineer Visit", 2)
CONTRACTS = ("Service Contract", 2)
# who keeps ERPNext's books reads costs and prices there anyway
ACCOUNTS = ("Accounts User", "Accounts Manager")


def sees_charges() -> bool:
	"""Whether the caller may know what customers are charged."""
	return _reads(*CHARGES) or role_check.has_role(ACCOUNTS)


def sees_costs() -> bool:
	"""Whether the caller may know what work costs us and what it earns."""
	return _reads(*COSTS) or role_check.has_role(ACCOUNTS)


def sees_contract_prices() -> bool:
	"""Whether the caller may know what a contract costs that they may read; a customer reads only their own."""
	own = frappe.get_cached_value("User", frappe.session.user, "user_type") == "Website User"
	return own or _reads(*CONTRACTS)


def _reads(doctype: str, level: int) -> bool:
	if frappe.session.user == "Administrator":
		return True
	return level in frappe.get_meta(doctype).get_permlevel_access("read")
