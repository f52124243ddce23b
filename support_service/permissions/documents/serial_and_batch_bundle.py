"""Who may see ERPNext's Serial and Batch Bundles by our grant: of Stock Entries of visits, loans and removed parts they may see.

ERPNext makes a bundle with the rights of whoever submits the visit, hands the loan over or receives the part, so these roles hold
rights on the DocType.
Roles that ERPNext or an admin gives rights of their own are not narrowed.
"""

from collections.abc import Iterable

import frappe.share

from support_service.constants.roles import ENGINEER, LEAD, MANAGER
from support_service.permissions.documents import engineer_visit, equipment_loan, removed_part
from support_service.permissions.rule import Rule
from support_service.permissions.scope import Among, Clause, Scope, Through


def of_visible_work(user: str) -> Iterable[Clause]:
	"""Bundles whose voucher is of a visit, a loan or a removed part that `user` may see, shared ones included."""
	entries = Scope(
		(
			Through("engineer_visit", engineer_visit.RULE.doctype, _visible(engineer_visit.RULE, user)),
			Through("equipment_loan", equipment_loan.RULE.doctype, _visible(equipment_loan.RULE, user)),
			Through("removed_part", removed_part.RULE.doctype, _visible(removed_part.RULE, user)),
		)
	)
	return (Through("voucher_no", "Stock Entry", entries),)


def _visible(rule: Rule, user: str) -> Scope:
	scope = rule.scope(user)
	if scope.everything:
		return scope
	return Scope((*scope.clauses, Among("name", frozenset(frappe.share.get_shared(rule.doctype, user)))))


RULE = Rule(
	"Serial and Batch Bundle",
	{ENGINEER: of_visible_work, LEAD: of_visible_work, MANAGER: of_visible_work},
	creates_inside=True,
)

query = RULE.query
has_permission = RULE.has_permission
