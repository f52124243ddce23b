"""The doors that are not made for customers answer a customer before anybody looks behind them.

Frappe says "not found" of a document that does not exist and "not permitted" of one that does, and `validate_link` says
which. Numbers of units, cases and warranties follow one another, so a customer could count them and find out whose
serial number is known. Whoever may see documents of a DocType only as a customer is therefore refused at every generic
door that is asked for it by name, whatever else the question is; at the print door, everything but their own. So is
whoever is nothing but a customer at this app's functions for the desk, which name no DocType.
"""

import re

import frappe
from frappe import _

from support_service.constants.roles import CUSTOMER
from support_service.permissions.doors import CUSTOMER_FUNCTIONS
from support_service.permissions.rule import Rule

HOOKS = ("has_permission", "has_website_permission")
# ERPNext's, by whose names units are known; a customer has no right to them, and is told so in different words
RECORDS = ("Serial No", "Asset")
METHOD_PATH = re.compile(r"^/api/(?:v\d+/)?method/([\w.]+)")
PRINT_FUNCTIONS = ("frappe.utils.print_format.",)
PRINT_PAGE = "/printview"
OURS = "support_service."
ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")


def refuse() -> None:
	"""Hook `auth_hooks`: raise PermissionError where a customer knocks at a door that is not theirs."""
	request = getattr(frappe.local, "request", None)
	if not request or CUSTOMER not in frappe.get_roles():
		return
	command = _command(request.path)
	prints = request.path == PRINT_PAGE or bool(command and command.startswith(PRINT_FUNCTIONS))
	if not prints and (not request.path.startswith("/api/") and not command):
		return
	if command and command.startswith(CUSTOMER_FUNCTIONS):
		return
	if any(_is_closed(doctype, rule, prints) for doctype, rule in _asked_for(request.path, prints)) or (
		not prints and OURS in _text(request.path) and _is_only_customer()
	):
		frappe.throw(_("Please use your service page for this."), frappe.PermissionError)


def _asked_for(path: str, prints: bool) -> list[tuple[str, Rule | None]]:
	"""The DocTypes the request is about: of a print the one printed, else all it names anywhere, in JSON too."""
	text = str(frappe.form_dict.get("doctype")).casefold() if prints else _text(path)
	return [
		(doctype, rule)
		for doctype, rule in _rules().items()
		if (doctype.casefold() == text if prints else doctype.casefold() in text)
	]


def _text(path: str) -> str:
	"""All the request names, as JSON will read it: a function may also be named to another that calls it."""
	text = " ".join(str(value) for value in (path, *frappe.form_dict.values()))
	plain = ESCAPED.sub(_unescaped, text)
	while plain != text:  # JSON within JSON
		text, plain = plain, ESCAPED.sub(_unescaped, plain)
	return text.replace("\\", "").casefold()


def _unescaped(found: re.Match[str]) -> str:
	return chr(int(found.group(1), 16))


def _is_only_customer() -> bool:
	return all(_is_closed(doctype, rule, False) for doctype, rule in _rules().items() if rule)


def _command(path: str) -> str | None:
	"""What is about to run: Frappe takes it from the path or from `cmd`."""
	found = METHOD_PATH.match(path)
	return str(frappe.form_dict.cmd) if frappe.form_dict.get("cmd") else found and found.group(1)


def _is_closed(doctype: str, rule: Rule | None, prints: bool) -> bool:
	"""Whether this user may see documents of `doctype` only as a customer, or not at all."""
	if rule is None:
		return not frappe.has_permission(doctype, "read")
	if prints and _prints_own(rule, doctype):
		return False
	scope = rule.scope(frappe.session.user, customer_door=False)
	return not scope.everything and not scope.clauses


def _rules() -> dict[str, Rule | None]:
	"""The DocTypes whose documents must not be guessed, with the rule by which a customer sees theirs."""
	rules: dict[str, Rule | None] = dict.fromkeys(RECORDS)
	for hook in HOOKS:
		for doctype, paths in frappe.get_hooks(hook, {}).items():
			for path in paths:
				module = path.rpartition(".")[0]
				if not module.startswith("support_service.permissions."):
					continue
				rule = getattr(frappe.get_module(module), "RULE", None)
				if isinstance(rule, Rule) and CUSTOMER in rule.grants:
					rules[doctype] = rule
	return rules


def _prints_own(rule: Rule, doctype: str) -> bool:
	"""A print of one document of theirs, or one that somebody sent them the key of."""
	name = frappe.form_dict.get("name")
	if frappe.form_dict.get("key"):
		return True
	return (
		isinstance(name, str)
		and rule.scope(frappe.session.user, customer_door=True).holds(doctype, name) is True
	)
