"""Who may see a Service Request Move: whoever may see its case."""

from collections.abc import Iterable

from support_service.constants.roles import CUSTOMER, ENGINEER, LEAD
from support_service.permissions.documents import service_request
from support_service.permissions.rule import Rule
from support_service.permissions.scope import Clause, Through


def of_visible_case(user: str) -> Iterable[Clause]:
	return (Through("request", service_request.RULE.doctype, service_request.RULE.scope(user)),)


RULE = Rule(
	"Service Request Move", {ENGINEER: of_visible_case, LEAD: of_visible_case, CUSTOMER: of_visible_case}
)

query = RULE.query
has_permission = RULE.has_permission
