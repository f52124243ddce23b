"""Who may see an Equipment Loan and its history: whoever sees its case, and the engineer who hands it over or takes it back.

Customers have no right on it: the portal shows them their loans in its own words.
"""

from collections.abc import Iterable

from support_service.constants.roles import ENGINEER, LEAD
from support_service.permissions.documents.of_case import case_in
from support_service.permissions.rule import Rule, Rules
from support_service.permissions.scope import Among, Clause, Through

_OF_CASE = case_in("service_request")


def own_and_of_case(user: str) -> Iterable[Clause]:
	"""Loans of visible cases, and those that are the user's to hand over."""
	return (*_OF_CASE(user), Among("engineer_user", frozenset({user})))


RULE = Rule("Equipment Loan", {ENGINEER: own_and_of_case, LEAD: own_and_of_case})


def of_visible_loan(user: str) -> Iterable[Clause]:
	"""Entries of loans that the user may see."""
	return (Through("loan", RULE.doctype, RULE.scope(user)),)


ENTRIES = Rule("Equipment Loan Entry", {ENGINEER: of_visible_loan, LEAD: of_visible_loan})
RULES = Rules(RULE, ENTRIES)

query = RULES.query
has_permission = RULES.has_permission
