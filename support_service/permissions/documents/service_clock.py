"""Who may see a Service Clock: whoever may see its case."""

from collections.abc import Iterable

from support_service.constants.roles import ENGINEER, LEAD
from support_service.permissions.documents import service_request
from support_service.permissions.rule import Rule
from support_service.permissions.scope import Clause, Through


def of_visible_case(user: str) -> Iterable[Clause]:
	"""The clock's own team and engineer do not decide: department queue and owner stand on the case alone."""
	return (Through("request", service_request.RULE.doctype, service_request.RULE.scope(user)),)


# customers are not named, for they have no permission: the portal tells them of promises in its own words
RULE = Rule("Service Clock", {ENGINEER: of_visible_case, LEAD: of_visible_case})

query = RULE.query
has_permission = RULE.has_permission
