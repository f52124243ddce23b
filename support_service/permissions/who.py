"""Whom a user acts for: customers on the portal, teams as engineer, teams and department queues as lead.

The only place that knows how ERPNext ties a login to a customer. Answers are kept for the length of one web request;
outside of one (jobs, console) they are read each time, so that a long job never works with old answers.
"""

from collections.abc import Callable
from functools import wraps

import frappe

from support_service.constants.custom_fields import OWN_CASES

# our fields on ERPNext's Customer and its Portal Users; missing while a site is being migrated
VISIBILITY, MANAGES = "service_case_visibility", "service_manages_access"


def _once_per_request(read: Callable[[str], frozenset[str]]) -> Callable[[str], frozenset[str]]:
	@wraps(read)
	def remembered(user: str) -> frozenset[str]:
		if not getattr(frappe.local, "request", None):
			return read(user)
		known = getattr(frappe.local, "support_service_who", None)
		if known is None:
			known = frappe.local.support_service_who = {}
		key = (read.__name__, user)
		if key not in known:
			known[key] = read(user)
		return known[key]

	return remembered


@_once_per_request
def customers_of(user: str) -> frozenset[str]:
	"""Names of the Customers whose Portal Users list `user`, who must be enabled.

	Only people who may write the Customer write that table. A Contact decides nothing here: everybody with a login may
	create one that names any customer.
	"""
	if not user or user == "Guest" or not frappe.db.get_value("User", user, "enabled"):
		return frozenset()
	return frozenset(
		frappe.get_all(
			"Portal User", filters={"user": user, "parenttype": "Customer"}, pluck="parent", order_by=None
		)
	)


@_once_per_request
def managed_by(user: str) -> frozenset[str]:
	"""Those of the user's customers whose other people they invite and remove on the portal."""
	customers = customers_of(user)
	if not customers or not frappe.get_meta("Portal User").has_field(MANAGES):
		return frozenset()
	filters = {"user": user, "parenttype": "Customer", "parent": ("in", sorted(customers)), MANAGES: 1}
	return frozenset(frappe.get_all("Portal User", filters, pluck="parent", order_by=None))


@_once_per_request
def seen_in_part_by(user: str) -> frozenset[str]:
	"""Those of the user's customers of whose requests they see only their own, as the Customer says."""
	customers = customers_of(user)
	if not customers or not frappe.get_meta("Customer").has_field(VISIBILITY):
		return frozenset()
	filters = {"name": ("in", sorted(customers)), VISIBILITY: OWN_CASES}
	found = frappe.get_all("Customer", filters, pluck="name", order_by=None)
	return frozenset(found) - managed_by(user) if found else frozenset()


@_once_per_request
def teams_of(user: str) -> frozenset[str]:
	"""Service Teams `user` works in as an active engineer."""
	teams = frappe.get_all(
		"Service Engineer", filters={"user": user, "active": 1}, pluck="team", order_by=None
	)
	return frozenset(team for team in teams if team)


@_once_per_request
def led_teams_of(user: str) -> frozenset[str]:
	"""Service Teams `user` leads; a disabled team has no lead."""
	return frozenset(
		frappe.get_all("Service Team", filters={"lead": user, "disabled": 0}, pluck="name", order_by=None)
	)


@_once_per_request
def led_queues_of(user: str) -> frozenset[str]:
	"""Department queues of the teams `user` leads."""
	queues = frappe.get_all(
		"Service Team", filters={"lead": user, "disabled": 0}, pluck="department_queue", order_by=None
	)
	return frozenset(queue for queue in queues if queue)
