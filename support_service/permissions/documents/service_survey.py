"""Who may see a Service Survey."""

from support_service.constants.roles import CUSTOMER, ENGINEER, LEAD
from support_service.permissions.grants import department, of_own_cases, own_and_teams
from support_service.permissions.rule import Rule

RULE = Rule("Service Survey", {ENGINEER: own_and_teams, LEAD: department, CUSTOMER: of_own_cases})

query = RULE.query
has_permission = RULE.has_permission
