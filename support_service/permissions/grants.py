"""What the narrowed roles see of a document that carries engineer, team, department queue and customer."""

from collections.abc import Iterable

from support_service.permissions.scope import Among, Clause
from support_service.permissions.who import customers_of, led_queues_of, led_teams_of, teams_of


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


def nothing(user: str) -> Iterable[Clause]:
	"""The role is never shown any, whatever its permissions say."""
	return ()
