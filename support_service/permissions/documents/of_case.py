"""Who may see what hangs on a case: whoever may see the case itself.

One table for all such DocTypes. The document's own team or engineer do not decide, where it has any: department queue and
owner stand on the case alone.
"""

from collections.abc import Iterable

from support_service.constants.roles import CUSTOMER, ENGINEER, LEAD
from support_service.permissions.documents import service_request
from support_service.permissions.grants import nothing
from support_service.permissions.rule import Grant, Rule, Rules
from support_service.permissions.scope import Among, Clause, Through


def case_in(field: str) -> Grant:
	"""Documents whose `field` names a case that the user may see."""

	def of_visible_case(user: str) -> Iterable[Clause]:
		return (Through(field, service_request.RULE.doctype, service_request.RULE.scope(user)),)

	return of_visible_case


def claims(user: str) -> Iterable[Clause]:
	"""Supplier Claims of visible cases, and those the user wrote: a claim need not come from a case."""
	return (*case_in("service_request")(user), Among("owner", frozenset({user})))


def incoming_mail(user: str) -> Iterable[Clause]:
	"""Mail about visible cases, and mail that is about none yet and waits for somebody."""
	return (*case_in("request")(user), Among("state", frozenset({"Received", "Quarantined"})))


_BY_REQUEST, _BY_SERVICE_REQUEST = case_in("request"), case_in("service_request")

# DocType → its rule. Where customers are not named, their role has no permission on the DocType: the portal shows them
# promises and charges in its own words.
RULES = Rules(
	# a customer sees the moves, without the reason (a field of level 1)
	Rule("Service Request Move", {ENGINEER: _BY_REQUEST, LEAD: _BY_REQUEST, CUSTOMER: _BY_REQUEST}),
	Rule("Service Merge", {ENGINEER: _BY_REQUEST, LEAD: _BY_REQUEST}),
	Rule("Service Clock", {ENGINEER: _BY_REQUEST, LEAD: _BY_REQUEST}),
	Rule("Service Clock Entry", {ENGINEER: _BY_REQUEST, LEAD: _BY_REQUEST}),
	# the outbox, never for a customer
	Rule("Service Message", {ENGINEER: _BY_REQUEST, LEAD: _BY_REQUEST, CUSTOMER: nothing}),
	Rule("Service Mail", {LEAD: incoming_mail}),
	Rule("Coverage Decision", {ENGINEER: _BY_SERVICE_REQUEST, LEAD: _BY_SERVICE_REQUEST}),
	Rule("Supplier Claim", {ENGINEER: claims, LEAD: claims}),
	Rule("Part Need", {ENGINEER: _BY_SERVICE_REQUEST, LEAD: _BY_SERVICE_REQUEST}, creates_inside=True),
	# an alert without a request is seen by those who see all requests
	Rule("Service Alert", {ENGINEER: nothing, LEAD: _BY_SERVICE_REQUEST}),
	Rule("Service Chat", {ENGINEER: _BY_SERVICE_REQUEST, LEAD: _BY_SERVICE_REQUEST}),
	Rule("Part Reservation", {ENGINEER: _BY_SERVICE_REQUEST, LEAD: _BY_SERVICE_REQUEST}),
)

query = RULES.query
has_permission = RULES.has_permission
