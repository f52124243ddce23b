"""Who may see ERPNext's Serial and Batch Bundles by our grant: those of Stock Entries of visits they may see.

ERPNext makes a visit's bundle with the rights of whoever submits the visit, so these roles hold rights on the DocType.
Roles that ERPNext or an admin gives rights of their own are not narrowed.
"""

from collections.abc import Iterable

import frappe.share

from support_service.constants.roles import ENGINEER, LEAD, MANAGER
from support_service.permissions.documents import engineer_visit
from support_service.permissions.rule import Rule
from support_service.permissions.scope import Among, Clause, Scope, Through


def of_visible_visit(user: str) -> Iterable[Clause]:
	"""Bundles whose voucher is the Stock Entry of a visit that `user` may see, shared ones included."""
	visits = engineer_visit.RULE.scope(user)
	if not visits.everything:
		shared = frozenset(frappe.share.get_shared(engineer_visit.RULE.doctype, user))
		visits = Scope((*visits.clauses, Among("name", shared)))
	entries = Scope((Through("engineer_visit", engineer_visit.RULE.doctype, visits),))
	return (Through("voucher_no", "Stock Entry", entries),)


RULE = Rule(
	"Serial and Batch Bundle",
	{ENGINEER: of_visible_visit, LEAD: of_visible_visit, MANAGER: of_visible_visit},
	creates_inside=True,
)

query = RULE.query
has_permission = RULE.has_permission
