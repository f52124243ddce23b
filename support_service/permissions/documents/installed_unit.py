"""Who may see an Installed Unit: staff all of them, they need them to work; a customer their own."""

from support_service.constants.roles import CUSTOMER
from support_service.permissions.grants import own_customers
from support_service.permissions.rule import Rule

RULE = Rule("Installed Unit", {CUSTOMER: own_customers})

query = RULE.query
has_permission = RULE.has_permission
has_website_permission = RULE.has_website_permission
