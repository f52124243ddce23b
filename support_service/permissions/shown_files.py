"""Which private files of our documents a customer is shown; every other one is refused them, at whatever address.

Frappe opens a file to whoever may read the document it hangs on. Customers may read their case, but not the photos, quotes
and notes that staff keep on it. A page that shows files says so under the hook key `support_service_shown_files`, by DocType
of what they hang on; what no page shows is hidden. Staff see the files of the documents they see, as ever.
"""

from __future__ import annotations

from typing import Any

import frappe

from support_service.constants.roles import CUSTOMER
from support_service.permissions.rule import Rule, rule_of

HOOK = "support_service_shown_files"
FIELDS = ["*"]


def verdict(file: Any, user: str) -> bool | None:
	"""True: `user` is shown the File `file`. False: it is hidden from them. None: not for this app to say.

	Several File records may share one path; each has a verdict of its own, see `may_open`.
	"""
	doctype, name = file.get("attached_to_doctype"), file.get("attached_to_name")
	if not doctype or not name or CUSTOMER not in frappe.get_roles(user):
		return None
	if file.get("owner") == user:
		return None  # their own upload; nobody makes a record of somebody else's file (attached_file.py)
	shown = any(frappe.get_attr(path)(file, user) for path in frappe.get_hooks(HOOK, {}).get(doctype, ()))
	if shown:
		return True
	rule = rule_of(doctype)
	return (
		False if rule and CUSTOMER in rule.grants and not _sees_as_staff(rule, doctype, name, user) else None
	)


def may_open(url: str, user: str, *, by_record: bool = False) -> bool:
	"""Whether what lies at the path `url` may be handed to `user`, as far as this app has a say in it.

	MariaDB takes paths that differ in case, accents or spaces at the end for the same, the disk does not. Frappe opens a path
	because of any record that MariaDB finds for it; here only records of this very path count. by_record: what is sent is what
	the record that Frappe finds names, not `url`.
	"""
	found = frappe.get_all("File", filters={"file_url": url}, fields=FIELDS, order_by=None)
	files = [file for file in found if file.file_url == url]
	others = [file for file in found if file.file_url != url]
	if by_record and any(verdict(file, user) is False for file in others):
		return False
	verdicts = [(file, verdict(file, user)) for file in files]
	if not others and all(said is not False for _file, said in verdicts):
		return True
	return any(said or (said is None and _core_opens(file, user)) for file, said in verdicts)


def _sees_as_staff(rule: Rule, doctype: str, name: str, user: str) -> bool:
	scope = rule.scope(user, customer_door=False)
	return scope.everything or scope.holds(doctype, name) is True


def _core_opens(file: Any, user: str) -> bool:
	from frappe.core.doctype.file.file import has_permission

	return bool(has_permission(frappe.get_doc({**file, "doctype": "File"}), "read", user))
