"""Who may see a Coverage Decision: whoever may see its case.

Customers are not named, for they have no permission: the portal tells them in its own words.
"""

from collections.abc import Iterable

from support_service.constants.roles import ENGINEER, LEAD
from support_service.permissions.documents import service_request
from support_service.permissions.rule import Rule
from support_service.permissions.scope import Clause, Through


def of_visible_case(user: str) -> Iterable[Clause]:
	return (Through("service_request", service_request.RULE.doctype, service_request.RULE.scope(user)),)


RULE = Rule("Coverage Decision", {ENGINEER: of_visible_case, LEAD: of_visible_case})

query = RULE.query
has_permission = RULE.has_permission
