"""Who may see ERPNext's Serial and Batch Bundles by our grant: those of Stock Entries of visits and loans they may see.

ERPNext makes a bundle with the rights of whoever submits the visit or hands the loan over, so these roles hold rights on the DocType.
Roles that ERPNext or an admin gives rights of their own are not narrowed.
"""

from collections.abc import Iterable

import frappe.share

from support_service.constants.roles import ENGINEER, LEAD, MANAGER
from support_service.permissions.documents import engineer_visit, equipment_loan
from support_service.permissions.rule import Rule
from support_service.permissions.scope import Among, Clause, Scope, Through


def of_visible_visit(user: str) -> Iterable[Clause]:
	"""Bundles whose voucher is the Stock Entry of a visit or loan that `user` may see, shared visits included."""
	visits = engineer_visit.RULE.scope(user)
	if not visits.everything:
		shared = frozenset(frappe.share.get_shared(engineer_visit.RULE.doctype, user))
		visits = Scope((*visits.clauses, Among("name", shared)))
	loans = equipment_loan.RULE.scope(user)
	entries = Scope(
		(
			Through("engineer_visit", engineer_visit.RULE.doctype, visits),
			Through("equipment_loan", equipment_loan.RULE.doctype, loans),
		)
	)
	return (Through("voucher_no", "Stock Entry", entries),)


RULE = Rule(
	"Serial and Batch Bundle",
	{ENGINEER: of_visible_visit, LEAD: of_visible_visit, MANAGER: of_visible_visit},
	creates_inside=True,
)

query = RULE.query
has_permission = RULE.has_permission
