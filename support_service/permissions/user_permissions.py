"""User Permissions (on a Customer, a Company, a Territory …) narrow what hangs on a document as they narrow the document.

Frappe compares a User Permission with the links of the document itself. A clock, an outgoing message or a reading names a case
or a unit and no customer, and a row of a child table names nothing at all: without this, who is kept to one customer would read
the mails to all others. For a user without User Permissions nothing is asked and nothing is added to a query.

The one place that builds such conditions. Rules call it (`rule.py`); for DocTypes without a rule its functions are the hooks.
"""

from __future__ import annotations

from collections.abc import Mapping

import frappe
from frappe.model import table_fields
from frappe.model.db_query import DatabaseQuery
from frappe.model.document import Document
from frappe.permissions import get_user_permissions

from support_service.foundation.own import is_ours
from support_service.foundation.platform import NO_OBJECTION

CASE, UNIT = "Service Request", "Installed Unit"
# DocType → its field and the DocType it names; a document whose field is empty is seen as its role says
FOLLOWS: Mapping[str, tuple[tuple[str, str], ...]] = {
	"Service Request Move": (("request", CASE),),
	"Service Merge": (("request", CASE), ("merged_request", CASE)),
	"Service Clock": (("request", CASE),),
	"Service Clock Entry": (("request", CASE),),
	"Service Message": (("request", CASE),),
	"Service Mail": (("request", CASE),),
	"Supplier Claim": (("service_request", CASE), ("installed_unit", UNIT)),
	"Equipment Loan Entry": (("loan", "Equipment Loan"),),
	"Part Need": (("service_request", CASE),),
	"Part Reservation": (("service_request", CASE),),
	"Service Alert": (("service_request", CASE),),
	"Service Chat": (("service_request", CASE),),
	"Service Call": (("service_request", CASE),),
	"Service Call Back": (("service_request", CASE),),
	"Service Webhook Delivery": (("service_request", CASE),),
	"Unit Reading": (("installed_unit", UNIT),),
	"Installed Unit Event": (("installed_unit", UNIT),),
	"Fitted Part Entry": (("installed_unit", UNIT),),
	"Service Warranty Entry": (("warranty", "Service Warranty"),),
	"Service Contract Use": (("contract", "Service Contract"),),
}


def query(user: str | None = None, doctype: str | None = None) -> str:
	"""Hook `permission_query_conditions`: only documents whose case, unit … the user's User Permissions let through."""
	user = user or frappe.session.user
	if doctype not in FOLLOWS or not get_user_permissions(user):
		return ""
	conditions = []
	for field, target in FOLLOWS[doctype]:
		if seen := _names_let_through(target, user):
			name = f"`tab{doctype}`.`{field}`"
			conditions.append(f"(ifnull({name}, '') = '' or {name} in ({seen}))")
	return " and ".join(conditions)


def has_permission(doc: Document, ptype: str | None = None, user: str | None = None) -> bool | None:
	"""Hook `has_permission`: False where User Permissions keep the case, unit … of `doc` from the user."""
	user = user or frappe.session.user
	if doc.doctype not in FOLLOWS or not get_user_permissions(user):
		return NO_OBJECTION
	for field, target in FOLLOWS[doc.doctype]:
		name = doc.get(field)
		if not name or not frappe.db.exists(target, name):
			continue
		if not frappe.permissions.has_user_permission(frappe.get_doc(target, name), user):
			return False
	return NO_OBJECTION


def query_child_rows(user: str | None = None, doctype: str | None = None) -> str:
	"""Hook `permission_query_conditions` of every DocType: in a child table of ours, only rows whose document the user's User
	Permissions let through, whichever DocType the document is of."""
	user = user or frappe.session.user
	if not doctype or not is_ours(doctype) or not frappe.get_meta(doctype).istable:
		return ""
	if not get_user_permissions(user):
		return ""
	seen_of = {parent: _names_let_through(parent, user) for parent in _parents(doctype)}
	if not any(seen_of.values()):
		return ""
	return f"({' or '.join(_rows_of(doctype, parent, seen) for parent, seen in seen_of.items())})"


def _names_let_through(doctype: str, user: str) -> str:
	"""A sub-query with the names of the `doctype` documents that User Permissions let through; empty where these are all."""
	if frappe.get_meta(doctype).issingle:
		return ""  # a settings document has no table
	frappes = DatabaseQuery(doctype, user=user)
	frappes.match_filters, frappes.match_conditions = [], []
	frappes.add_user_permissions(get_user_permissions(user))
	condition = " and ".join(frappes.match_conditions)
	# names are ours, values escaped by Frappe
	return f"select `name` from `tab{doctype}` where {condition}" if condition else ""  # noqa: S608


def _rows_of(table: str, parent: str, seen: str) -> str:
	of_kind = f"`tab{table}`.`parenttype` = {frappe.db.escape(parent)}"
	return f"({of_kind} and `tab{table}`.`parent` in ({seen}))" if seen else f"({of_kind})"


def _parents(table: str) -> list[str]:
	"""DocTypes with rows of `table`."""
	holds = {"fieldtype": ("in", table_fields), "options": table}
	named = {
		*frappe.get_all("DocField", holds, pluck="parent"),
		*frappe.get_all("Custom Field", holds, pluck="dt"),
	}
	return sorted(named)
