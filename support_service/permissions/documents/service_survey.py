"""Who may see a Service Survey.

Of a customer's people: those after a request with the request; those at intervals only who was asked.
"""

from collections.abc import Iterable

import frappe

from support_service.constants.roles import CUSTOMER, ENGINEER, LEAD
from support_service.permissions.documents import service_request
from support_service.permissions.grants import department, own_and_teams
from support_service.permissions.rule import Rule
from support_service.permissions.scope import Among, Both, Clause, SameText, Through
from support_service.permissions.who import customers_of


def asked(user: str) -> Iterable[Clause]:
	"""Customer: of requests they see, and what they themselves were asked."""
	cases = service_request.RULE
	address = frappe.db.get_value("User", user, "email", cache=True) or user
	own = Among("customer", customers_of(user)), SameText("contact_email", address)
	return Through("service_request", cases.doctype, cases.scope(user, as_customer=True)), Both(*own)


RULE = Rule("Service Survey", {ENGINEER: own_and_teams, LEAD: department, CUSTOMER: asked})

query = RULE.query
has_permission = RULE.has_permission
