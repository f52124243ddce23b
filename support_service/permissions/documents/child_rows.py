"""Who may list the rows of child tables: whoever may see the document they belong to.

Frappe asks, for a list of rows, only for the right to *some* document of the parent's DocType: a customer who may read their
own unit would list the rows of everybody's.
"""

import frappe

from support_service.permissions.documents import (
	engineer_visit,
	equipment_loan,
	installed_unit,
	of_case,
	removed_part,
	serial_and_batch_bundle,
	service_contract,
	service_survey,
	vans,
)
from support_service.permissions.scope import Through

# child table → the rule of its document
PARENTS = {
	"Engineer Visit Part": engineer_visit.RULE,
	"Equipment Loan Piece": equipment_loan.RULE,
	"Equipment Loan Return": equipment_loan.RULE,
	"Installed Software": installed_unit.RULE,
	"Service Chat Message": of_case.RULES["Service Chat"],
	"Coverage Decision Line": of_case.RULES["Coverage Decision"],
	"Removed Part Move": removed_part.RULE,
	"Service Contract Unit": service_contract.RULE,
	"Service Contract Entitlement": service_contract.RULE,
	"Service Survey Answer": service_survey.RULE,
	"Serial and Batch Entry": serial_and_batch_bundle.RULE,
	"Van Count Row": vans.RULES["Van Count"],
}


def query(user: str | None = None, doctype: str = "") -> str:
	"""Hook `permission_query_conditions` of the child tables in PARENTS."""
	rule = PARENTS[doctype]
	scope = rule.scope(user or frappe.session.user)
	return "" if scope.everything else Through("parent", rule.doctype, scope).sql(doctype)
