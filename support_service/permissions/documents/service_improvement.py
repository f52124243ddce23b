"""Who may see a Service Improvement: whoever answers for it, and those who see the team's work."""

from collections.abc import Iterable

from support_service.constants.roles import ENGINEER, LEAD
from support_service.permissions.rule import Rule
from support_service.permissions.scope import Among, Clause
from support_service.permissions.who import led_queues_of, led_teams_of, teams_of


def own_and_teams(user: str) -> Iterable[Clause]:
	return Among("responsible", frozenset({user})), Among("team", teams_of(user))


def department(user: str) -> Iterable[Clause]:
	return (
		Among("team", led_teams_of(user)),
		Among("department_queue", led_queues_of(user)),
		Among("responsible", frozenset({user})),
		Among("owner", frozenset({user})),
	)


RULE = Rule("Service Improvement", {ENGINEER: own_and_teams, LEAD: department})

query = RULE.query
has_permission = RULE.has_permission
