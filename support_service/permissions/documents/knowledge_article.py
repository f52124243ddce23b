"""Who may see an article of the knowledge base, and who may change it.

Leads and managers all of them. Staff: what is reviewed, and what they wrote or are responsible for. Customers, on the portal:
what is published for all customers or for one they act for.
"""

from collections.abc import Iterable

import frappe
from frappe.model.document import Document

from support_service.constants.roles import CUSTOMER, DESK_AGENT, ENGINEER, LEAD, MANAGER
from support_service.permissions.rule import SYSTEM_MANAGER, Rule
from support_service.permissions.scope import Among, Both, Clause
from support_service.permissions.who import customers_of

CHANGES = ("write", "delete")


def reviewed_and_own(user: str) -> Iterable[Clause]:
	"""Staff: everything but the drafts of others."""
	own = frozenset({user})
	return (
		Among("state", frozenset({"Reviewed", "Published", "Outdated"})),
		Among("owner", own),
		Among("responsible", own),
	)


def published_for(user: str) -> Iterable[Clause]:
	"""Customer: what is published for all, and for those they act for."""
	published = Among("state", frozenset({"Published"}))
	customers = customers_of(user)
	if not customers:
		return ()
	theirs = Both(Among("audience", frozenset({"One Customer"})), Among("customer", customers))
	return Both(published, Among("audience", frozenset({"Customers"}))), Both(published, theirs)


RULE = Rule(
	"Knowledge Article",
	{DESK_AGENT: reviewed_and_own, ENGINEER: reviewed_and_own, CUSTOMER: published_for},
)

query = RULE.query


def has_permission(doc: Document, ptype: str | None = None, user: str | None = None) -> bool | None:
	"""Hook `has_permission`: the rule, and what others have reviewed is changed by leads and managers only."""
	user = user or frappe.session.user
	if ptype in CHANGES and doc.name and not _reviews(user):
		state = frappe.db.get_value(RULE.doctype, doc.name, "state")
		if state and state != "Draft":
			return False
	return RULE.has_permission(doc, ptype, user)


def _reviews(user: str) -> bool:
	roles = {LEAD, MANAGER, SYSTEM_MANAGER}
	return user == "Administrator" or not roles.isdisjoint(frappe.get_roles(user))
