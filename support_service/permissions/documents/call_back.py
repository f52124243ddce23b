"""Who may see whom we have to call back: the service desk, its leads and managers all of them; an engineer what they are asked to do."""

from collections.abc import Iterable

from support_service.constants.roles import ENGINEER
from support_service.permissions.rule import Rule
from support_service.permissions.scope import Among, Clause


def assigned(user: str) -> Iterable[Clause]:
	"""Engineer: call-backs that were given to them, or that they have made."""
	return Among("assigned_to", frozenset({user})), Among("done_by", frozenset({user}))


RULE = Rule("Service Call Back", {ENGINEER: assigned})

query = RULE.query
has_permission = RULE.has_permission
