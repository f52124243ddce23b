"""A customer is refused every function that is not made for customers, before Frappe looks for the document.

Frappe says "not found" of a document that does not exist and "not permitted" of one that does, and `validate_link` says
which. Numbers of units, cases and warranties follow one another, so a customer could count them and find out whose serial
number is known. A user who may see documents of a DocType only as a customer, or not at all, is therefore refused

- every generic function of Frappe's that is asked for this DocType by name, whatever else is asked;
- prints of documents that are not theirs;
- if they have no other role that sees our documents, this app's functions for the desk, which name no DocType.

Which functions are made for customers is said in `customer_endpoints.py`; what a request asks for is read by `asked.py`.
"""

import frappe
from frappe import _

from support_service.constants.roles import CUSTOMER
from support_service.foundation.own import APP
from support_service.permissions import asked
from support_service.permissions.customer_endpoints import CUSTOMER_FUNCTIONS
from support_service.permissions.rule import Rule, rule_of

# DocTypes of ERPNext whose names our units carry: a customer has no right to them, and must not find out which exist
RECORDS = ("Serial No", "Asset")
PRINT_FUNCTIONS = ("frappe.utils.print_format.",)
PRINT_PAGE = "/printview"


def refuse() -> None:
	"""Hook `auth_hooks`: raise PermissionError where a customer asks for what no page of theirs asks for."""
	request = getattr(frappe.local, "request", None)
	if not request or CUSTOMER not in frappe.get_roles():
		return
	command = asked.command_of(request)
	printed = _printed(request.path, command)
	if not printed and not request.path.startswith("/api/") and not command:
		return
	if command and command.startswith(CUSTOMER_FUNCTIONS):
		return
	if _is_refused(asked.of_request(request), printed):
		frappe.throw(_("Please use your service page for this."), frappe.PermissionError)


def _printed(path: str, command: str | None) -> tuple[str, str] | None:
	"""(DocType, name) where the request prints one document: by the function that runs, else by the page."""
	values = frappe.form_dict
	if command:
		if not command.startswith(PRINT_FUNCTIONS):
			return None
		return str(values.get("doctype") or ""), str(values.get("name") or "")
	if path.rstrip("/") == PRINT_PAGE:
		return str(values.get("doctype") or ""), str(values.get("name") or "")
	# Frappe prints a document at an address of its own, too: /<DocType>/<name>
	doctype, _slash, name = path.strip("/").partition("/")
	return (doctype, name) if name and not path.startswith("/api/") else None


def _is_refused(question: asked.Question, printed: tuple[str, str] | None) -> bool:
	ours, rows = _our_doctypes()
	rules = _rules(ours)
	wanted = asked.plain(printed[0]) if printed else None
	for doctype, rule in rules.items():
		name = asked.plain(doctype)
		if name == wanted and printed and not _prints_own(rule, doctype, printed[1]):
			if _is_refused_to_user(doctype, rule):
				return True
		elif name != wanted and name in question.doctypes and _is_refused_to_user(doctype, rule):
			return True
	functions = {question.command or "", *question.functions}
	is_ours = any(function.startswith(f"{APP}.") for function in functions) or any(
		asked.plain(doctype) in question.doctypes for doctype in rows
	)
	return is_ours and _is_only_customer(rules)


def _is_only_customer(rules: dict[str, Rule | None]) -> bool:
	return all(_is_refused_to_user(doctype, rule) for doctype, rule in rules.items() if rule)


def _is_refused_to_user(doctype: str, rule: Rule | None) -> bool:
	"""Whether this user may see documents of `doctype` only as a customer, or not at all."""
	if rule is None or CUSTOMER not in rule.grants:
		return not frappe.has_permission(doctype, "read")
	scope = rule.scope(frappe.session.user, as_customer=False)
	return not scope.everything and not scope.clauses


def _rules(ours: list[str]) -> dict[str, Rule | None]:
	"""The DocTypes whose documents must not be guessed: ours and RECORDS, with the rule by which a customer sees theirs."""
	return {doctype: rule_of(doctype) for doctype in (*RECORDS, *ours)}


def _our_doctypes() -> tuple[list[str], list[str]]:
	"""Our DocTypes and our child tables, by the modules of this app, so that a new one is guarded from its first day."""
	filters = {"module": ("in", frappe.get_module_list(APP))}
	found = frappe.get_all("DocType", filters=filters, fields=["name", "istable"], order_by="name asc")
	return [one.name for one in found if not one.istable], [one.name for one in found if one.istable]


def _prints_own(rule: Rule | None, doctype: str, name: str) -> bool:
	"""Whether it is a document of theirs, or one for which somebody sent them a print link with a key."""
	if key := frappe.form_dict.get("key"):
		given = {"reference_doctype": doctype, "reference_docname": name, "key": str(key)}
		if frappe.db.exists("Document Share Key", given):
			return True
	if rule is None or CUSTOMER not in rule.grants:
		return False
	return rule.scope(frappe.session.user, as_customer=True).holds(doctype, name) is True
