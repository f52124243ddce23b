"""Who may see a Service Clock Entry: whoever may see its case."""

from support_service.constants.roles import ENGINEER, LEAD
from support_service.permissions.documents.service_clock import of_visible_case
from support_service.permissions.rule import Rule

RULE = Rule("Service Clock Entry", {ENGINEER: of_visible_case, LEAD: of_visible_case})

query = RULE.query
has_permission = RULE.has_permission
