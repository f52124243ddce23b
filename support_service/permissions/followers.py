"""A User Permission (on a Customer, a Company, a Territory …) narrows what hangs on a document as it narrows the document.

Frappe compares a User Permission with the links of the document itself. A clock, a message of the outbox or a reading names
a case or a unit and no customer: without this, who is kept to one customer would read the mails to all others. Where the
user has no User Permissions nothing is asked and nothing is added to a query.

Asked by the DocType's own rule (`rule.py`); where there is none, these are its hooks.
"""

from __future__ import annotations

from collections.abc import Mapping

import frappe
from frappe.model.db_query import DatabaseQuery
from frappe.model.document import Document
from frappe.permissions import get_user_permissions

CASE, UNIT = "Service Request", "Installed Unit"
# DocType → its field and the DocType it names; a row without a name there is seen as its role says
FOLLOWS: Mapping[str, tuple[tuple[str, str], ...]] = {
	"Service Request Move": (("request", CASE),),
	"Service Clock": (("request", CASE),),
	"Service Clock Entry": (("request", CASE),),
	"Service Message": (("request", CASE),),
	"Supplier Claim": (("service_request", CASE), ("installed_unit", UNIT)),
	"Unit Reading": (("installed_unit", UNIT),),
	"Installed Unit Event": (("installed_unit", UNIT),),
	"Fitted Part Entry": (("installed_unit", UNIT),),
	"Service Warranty Entry": (("warranty", "Service Warranty"),),
	"Service Contract Use": (("contract", "Service Contract"),),
}


def query(user: str | None = None, doctype: str | None = None) -> str:
	"""Hook `permission_query_conditions`: only rows whose document the user's User Permissions let through."""
	user = user or frappe.session.user
	if doctype not in FOLLOWS or not get_user_permissions(user):
		return ""
	conditions = []
	for field, target in FOLLOWS[doctype]:
		if allowed := by_user_permissions(target, user):
			name = f"`tab{doctype}`.`{field}`"
			inner = f"select `name` from `tab{target}` where {allowed}"  # noqa: S608 - names are ours, values escaped by Frappe
			conditions.append(f"(ifnull({name}, '') = '' or {name} in ({inner}))")
	return " and ".join(conditions)


def has_permission(doc: Document, ptype: str | None = None, user: str | None = None) -> bool | None:
	"""Hook `has_permission`: False where the document that `doc` hangs on is kept from the user; None otherwise."""
	user = user or frappe.session.user
	if doc.doctype not in FOLLOWS or not get_user_permissions(user):
		return None
	for field, target in FOLLOWS[doc.doctype]:
		name = doc.get(field)
		if not name or not frappe.db.exists(target, name):
			continue
		if not frappe.permissions.has_user_permission(frappe.get_doc(target, name), user):
			return False
	return None


def by_user_permissions(doctype: str, user: str) -> str:
	"""Frappe's own condition for a list of `doctype`, of User Permissions alone."""
	asked = DatabaseQuery(doctype, user=user)
	asked.match_filters, asked.match_conditions = [], []
	asked.add_user_permissions(get_user_permissions(user))
	return " and ".join(asked.match_conditions)
