"""Who may see the counts of a van and its hand-overs: its engineers, the leads of their teams, the store."""

from collections.abc import Iterable

from support_service.constants.roles import ENGINEER, LEAD
from support_service.permissions.rule import Rule, Rules
from support_service.permissions.scope import Among, Clause
from support_service.permissions.who import led_teams_of


def own_counts(user: str) -> Iterable[Clause]:
	"""Engineer: counts of the own van."""
	return (Among("engineer_user", frozenset({user})),)


def counts_of_led_teams(user: str) -> Iterable[Clause]:
	"""Lead: counts of the vans of led teams, and of the own one."""
	return Among("team", led_teams_of(user)), Among("engineer_user", frozenset({user}))


def own_handovers(user: str) -> Iterable[Clause]:
	"""Engineer: hand-overs in which they give or take a van."""
	return Among("from_user", frozenset({user})), Among("to_user", frozenset({user}))


def handovers_of_led_teams(user: str) -> Iterable[Clause]:
	"""Lead: hand-overs from or to somebody of a led team, and their own."""
	teams = led_teams_of(user)
	return Among("from_team", teams), Among("to_team", teams), *own_handovers(user)


RULES = Rules(
	Rule("Van Count", {ENGINEER: own_counts, LEAD: counts_of_led_teams}),
	Rule("Van Handover", {ENGINEER: own_handovers, LEAD: handovers_of_led_teams}),
)

query = RULES.query
has_permission = RULES.has_permission
