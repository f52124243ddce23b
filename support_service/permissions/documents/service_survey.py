"""Who may see a Service Survey."""

from support_service.constants.roles import CUSTOMER, ENGINEER, LEAD
from support_service.permissions.grants import department, own_and_teams, own_customers
from support_service.permissions.rule import Rule

RULE = Rule("Service Survey", {ENGINEER: own_and_teams, LEAD: department, CUSTOMER: own_customers})

query = RULE.query
has_permission = RULE.has_permission
