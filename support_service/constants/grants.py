"""What our roles may do with ERPNext's records, beyond what ERPNext itself gives them.

Our documents link to these. Without `select` people cannot search a link field, without `read` they cannot open what it names.
Rights on our own DocTypes stand in their JSON files.
"""

from support_service.constants.roles import DESK_AGENT, ENGINEER, LEAD, MANAGER, STAFF

FIND = ("select",)  # can be chosen in a link field, but not opened
READ = ("select", "read")
KEEP = ("select", "read", "write", "create")
SUBMIT = (*KEEP, "submit", "cancel")

Grants = dict[str, dict[str, tuple[str, ...]]]  # DocType → role → rights

_READ_BY_ALL = (
	"Asset",
	"Batch",
	"Company",
	"Customer",
	"Customer Group",
	"Item",
	"Item Group",
	"Serial No",
	"Territory",
	"Warehouse",
)

GRANTS: Grants = {
	**{doctype: {role: READ for role in STAFF} for doctype in _READ_BY_ALL},
	"Address": {DESK_AGENT: KEEP, ENGINEER: READ, LEAD: KEEP, MANAGER: KEEP},
	"Contact": {DESK_AGENT: KEEP, ENGINEER: READ, LEAD: KEEP, MANAGER: KEEP},
	# an employee's record holds salary, bank account and home; a supplier's its bank accounts and terms
	"Employee": {MANAGER: FIND},
	"Supplier": {role: FIND for role in STAFF},
	"Project": {role: FIND for role in STAFF},
	# what articles of the knowledge base are sorted by
	"Help Category": {DESK_AGENT: READ, ENGINEER: READ, LEAD: KEEP, MANAGER: KEEP},
	# what readings are counted in
	"UOM": {role: FIND for role in STAFF},
	# what a contract costs, and what a case is charged with
	"Currency": {MANAGER: FIND},
	"Price List": {MANAGER: FIND},
	"Sales Taxes and Charges Template": {MANAGER: FIND},
	# what a policy may be limited to, and the roles its escalation ladder notifies
	"Contract": {MANAGER: FIND},
	"Brand": {MANAGER: FIND},
	"Role": {MANAGER: FIND},
	# a service calendar follows one
	"Holiday List": {MANAGER: READ},
	"Cost Center": {LEAD: READ, MANAGER: READ},
	"Account": {LEAD: READ, MANAGER: READ},
	# ERPNext makes a visit's bundle with the rights of whoever submits the visit. A bundle alone moves no stock, and
	# `permissions/documents/serial_and_batch_bundle.py` narrows this right to bundles of visits
	"Serial and Batch Bundle": {ENGINEER: SUBMIT, LEAD: SUBMIT, MANAGER: SUBMIT},
	"Stock Entry": {ENGINEER: READ, LEAD: READ, MANAGER: READ},
}
