"""Who may see an Engineer Visit."""

from support_service.constants.roles import CUSTOMER, ENGINEER, LEAD
from support_service.permissions.grants import department, of_own_cases, own_and_teams
from support_service.permissions.rule import Rule

RULE = Rule(
	"Engineer Visit",
	{ENGINEER: own_and_teams, LEAD: department, CUSTOMER: of_own_cases},
)

query = RULE.query
has_permission = RULE.has_permission
has_website_permission = RULE.has_website_permission
