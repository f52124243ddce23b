"""Who may see a Service Request."""

from support_service.constants.roles import CUSTOMER, ENGINEER, LEAD
from support_service.permissions.grants import department, own_and_teams, own_cases
from support_service.permissions.rule import Rule

RULE = Rule(
	"Service Request",
	{ENGINEER: own_and_teams, LEAD: department, CUSTOMER: own_cases},
)

query = RULE.query
has_permission = RULE.has_permission
has_website_permission = RULE.has_website_permission
