"""Who may see a Fitted Part Entry: staff; never a customer."""

from support_service.constants.roles import CUSTOMER
from support_service.permissions.grants import nothing
from support_service.permissions.rule import Rule

RULE = Rule("Fitted Part Entry", {CUSTOMER: nothing})

query = RULE.query
has_permission = RULE.has_permission
