"""Who may see a Supplier Claim: whoever may see its case, and whoever wrote it."""

from collections.abc import Iterable

from support_service.constants.roles import ENGINEER, LEAD
from support_service.permissions.documents import coverage_decision
from support_service.permissions.rule import Rule
from support_service.permissions.scope import Among, Clause


def own_and_of_visible_case(user: str) -> Iterable[Clause]:
	"""A claim need not come from a case."""
	return (*coverage_decision.of_visible_case(user), Among("owner", frozenset({user})))


RULE = Rule(
	"Supplier Claim",
	{ENGINEER: own_and_of_visible_case, LEAD: own_and_of_visible_case},
)

query = RULE.query
has_permission = RULE.has_permission
