"""Who may see a Removed Part: the engineer who is to bring it back and the team, the lead, and the store, which sees all."""

from support_service.constants.roles import ENGINEER, LEAD
from support_service.permissions.grants import department, own_and_teams
from support_service.permissions.rule import Rule

RULE = Rule("Removed Part", {ENGINEER: own_and_teams, LEAD: department})

query = RULE.query
has_permission = RULE.has_permission
