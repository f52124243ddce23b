"""What the narrowed roles see of a document that carries engineer, team, department queue and customer."""

from collections.abc import Iterable

import frappe

from support_service.permissions.scope import Among, Both, Clause, SameText, Scope, Through
from support_service.permissions.who import (
	customers_of,
	led_queues_of,
	led_teams_of,
	seen_in_part_by,
	teams_of,
)

CASE = "Service Request"


def own_and_teams(user: str) -> Iterable[Clause]:
	"""Engineer: own work and the team's."""
	return Among("engineer_user", frozenset({user})), Among("team", teams_of(user))


def department(user: str) -> Iterable[Clause]:
	"""Lead: led teams and their department queues, own work, and what they opened themselves."""
	return (
		Among("team", led_teams_of(user)),
		Among("department_queue", led_queues_of(user)),
		Among("engineer_user", frozenset({user})),
		Among("owner", frozenset({user})),
	)


def own_customers(user: str) -> Iterable[Clause]:
	"""Customer: documents of the customers they act for."""
	return (Among("customer", customers_of(user)),)


def own_cases(user: str) -> Iterable[Clause]:
	"""Customer: requests of the customers they act for; of some customers only those they opened or that carry their address."""
	in_part = seen_in_part_by(user)
	if not in_part:
		return own_customers(user)
	return (Among("customer", customers_of(user) - in_part), *_own_of(user, in_part))


def of_own_cases(user: str) -> Iterable[Clause]:
	"""Customer: what belongs to a request that they see, by its customer or, of some customers, by the request."""
	in_part = seen_in_part_by(user)
	if not in_part:
		return own_customers(user)
	own = Scope(tuple(_own_of(user, in_part)))
	return Among("customer", customers_of(user) - in_part), Through("service_request", CASE, own)


def _own_of(user: str, customers: frozenset[str]) -> Iterable[Clause]:
	of_them = Among("customer", customers)
	address = frappe.db.get_value("User", user, "email", cache=True) or user
	return Both(of_them, Among("owner", frozenset({user}))), Both(of_them, SameText("contact_email", address))


def nothing(user: str) -> Iterable[Clause]:
	"""The role is never shown any, whatever its permissions say."""
	return ()
